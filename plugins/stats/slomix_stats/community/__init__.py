"""What the community says itself: whom it votes for after a session, and what a week is about."""
