"""Round stats of ET: Legacy stopwatch servers. `plugin` is the entry point."""
