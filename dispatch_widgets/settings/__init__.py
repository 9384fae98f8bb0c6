"""The settings file and what is in it. Knows neither the network nor widgets."""
