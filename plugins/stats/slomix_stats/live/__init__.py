"""What happens on the game servers now: live events from the game host, and what a server answers when asked."""
