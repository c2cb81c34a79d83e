"""Player and server names as the game writes them: `^` and one more character switch the colour."""

from __future__ import annotations

import re

# A colour code is `^` plus any character but `^` (spec: names hold `^/` and `^?` too, not only digits and letters).
_COLOUR = re.compile(r"\^[^^]")


def clean_name(raw: str) -> str:
    """`raw` without colour codes and surrounding spaces; may be empty (a name of colour codes only)."""
    return _COLOUR.sub("", raw).strip()
