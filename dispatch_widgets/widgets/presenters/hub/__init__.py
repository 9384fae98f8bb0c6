"""Shared by the presenters of one service: events, requests in flight, and cached facts about the lists."""
