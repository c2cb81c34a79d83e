"""The commands below `/stats`, by what they are about."""
