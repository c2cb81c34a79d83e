"""What greatshot keeps: files in a folder of its own, everything else in its tables."""
