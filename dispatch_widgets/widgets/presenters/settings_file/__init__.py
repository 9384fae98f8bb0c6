"""The Settings file tab."""
