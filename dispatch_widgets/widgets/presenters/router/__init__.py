"""The Router tab."""
