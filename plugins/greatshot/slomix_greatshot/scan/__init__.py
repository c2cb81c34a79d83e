"""Scans: demos are read in worker processes with limits, whoever asks."""
