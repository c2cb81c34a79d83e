"""The scripts that every page has, joined into one module; each looks for what it is about and no more."""

from __future__ import annotations

#: The files of the bundle `webui.js`, in their order.
BUNDLE = ("live.js", "swaps.js", "times.js", "seen.js", "mine.js", "palette.js", "menus.js", "islands.js")
