"""Who can play tonight: a poll in Discord, reminders, and a notice as soon as there are enough."""
