"""The Providers tab."""
