"""Asking providers which models they offer. Knows neither files nor widgets."""
