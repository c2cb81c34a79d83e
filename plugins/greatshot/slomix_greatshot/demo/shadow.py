"""All that the reader asks of `cython` where Cython is not installed: that nothing was compiled."""

compiled = False
