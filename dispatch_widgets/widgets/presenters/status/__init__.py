"""How a provider stands, and what a model's absence from its list means."""
