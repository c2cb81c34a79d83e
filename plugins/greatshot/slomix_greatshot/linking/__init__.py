"""Which round of stats a demo shows."""
