"""`python -m slomix.cli` is `slomix`."""

from __future__ import annotations

import sys

from slomix.cli import main

if __name__ == "__main__":
    sys.exit(main())
