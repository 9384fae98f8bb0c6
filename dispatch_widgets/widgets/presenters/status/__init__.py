"""The status of a provider: its badge, its note, and the news of a refresh."""
