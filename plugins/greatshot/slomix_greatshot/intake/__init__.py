"""How demos come in: checked while they come, never whole in memory."""
