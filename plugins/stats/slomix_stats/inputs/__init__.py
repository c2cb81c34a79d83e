"""What a round has besides its stats file: endstats, the round-end report, the stats of another script."""
