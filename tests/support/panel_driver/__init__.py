"""What a person does with the panels and sees of them, in the words that the tests are written in.

- `browser`: in a page, found by role, accessible name and visible text.
- `person`: in Python alone, found by the same names; `shown` is what it reads.
- `words`: what some fields are called.
- `presented`: a panel that has a presenter, read and pressed without a page.
- `presented_page`: a page without a browser, with `presented_app` for what stands over the tabs.
- `markup`: what the driver knows of the page's markup.
- `lab` and `app`: JupyterLab, a notebook in it, and the app over a demo server.
"""
