"""Greatshot: demos of ET: Legacy in, moments worth watching out."""
