"""Commands below `slomix stats`."""
