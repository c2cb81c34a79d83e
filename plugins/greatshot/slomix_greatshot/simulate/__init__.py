"""Demos of matches that nobody played: for tests, benchmarks and the simulated community."""
