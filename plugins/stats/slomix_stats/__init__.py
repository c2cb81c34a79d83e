"""Round stats of ET: Legacy stopwatch servers. The entry point is `slomix_stats.plugin:plugin`.

Nothing is imported here, so that other plugins import `slomix_stats.api` at no cost.
"""
