"""What a person does with the panels and sees of them, in the words that the tests are written in.

- `browser`: in a page, found by role, accessible name and visible text.
- `person`: in Python alone, found by the same names; `shown` is what it reads.
- `words`: what some fields are called.
- `presented`: a panel that has a presenter, read and pressed without a page.
- `todays_page` and `todays_widgets`: all that depends on what the panels are made of today.
- `lab` and `app`: JupyterLab, a notebook in it, and the app over a demo server.
"""
