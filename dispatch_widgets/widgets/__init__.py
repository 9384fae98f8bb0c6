"""Panels for notebooks. Each takes a service; only `app` knows the others."""
