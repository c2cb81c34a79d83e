"""`python -m slomix` is `slomix`."""

from __future__ import annotations

import sys

from slomix.cli import main

sys.exit(main())
