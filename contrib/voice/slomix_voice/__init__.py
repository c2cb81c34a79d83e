"""Who is in the voice channels: when an evening begins and ends, and even teams for whoever is there."""
