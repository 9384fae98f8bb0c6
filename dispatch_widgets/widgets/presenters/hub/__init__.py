"""What the presenters over one service share: events, requests under way, what is known of the lists."""
