"""Our icons: drawn for Slomix on a grid of 24, one stroke, in one sprite that stands in every page.

Only glyphs the pages use are here. A template says `{{ ui.icon("clock") }}`.
"""

from __future__ import annotations

from functools import cache

from markupsafe import Markup

from slomix_webui.html import fill, ours

GLYPHS: dict[str, str] = {
    "home": '<path d="M4 11 12 4l8 7v9h-5v-6H9v6H4z"/>',
    "night": '<path d="M19.5 14.5A8 8 0 1 1 10 4.2a6.5 6.5 0 0 0 9.5 10.3z"/>',
    "player": '<circle cx="12" cy="8" r="4"/><path d="M4.5 20a7.5 7.5 0 0 1 15 0"/>',
    "board": '<path d="M4 20v-7h5v7M9.5 20V5h5v15M15 20v-9h5v9M3 20h18"/>',
    "record": '<circle cx="12" cy="15" r="5"/><path d="m9 10.5-3-7M15 10.5l3-7M12 13v4"/>',
    "map": '<path d="m4 6 5-2 6 2 5-2v14l-5 2-6-2-5 2zM9 4v14M15 6v14"/>',
    "weapon": '<circle cx="12" cy="12" r="7"/><path d="M12 2v5M12 17v5M2 12h5M17 12h5"/>',
    "live": (
        '<circle cx="12" cy="12" r="2"/>'
        '<path d="M7.8 16.2a6 6 0 0 1 0-8.4M16.2 7.8a6 6 0 0 1 0 8.4M5 19a10 10 0 0 1 0-14M19 5a10 10 0 0 1 0 14"/>'
    ),
    "calendar": '<path d="M4 6h16v14H4zM4 10.5h16M8 3v5M16 3v5"/>',
    "system": '<path d="M3 12h4l3-7 4 14 3-7h4"/>',
    "more": '<path d="M5 12h.01M12 12h.01M19 12h.01" stroke-width="3.5"/>',
    "search": '<circle cx="10.5" cy="10.5" r="6"/><path d="m15 15 5.5 5.5"/>',
    "clock": '<circle cx="12" cy="13" r="8"/><path d="M12 13V8.5M9.5 2.5h5M12 2.5V5"/>',
    "attack": '<path d="M4 20 17 7M11 5h8v8"/>',
    "defend": '<path d="M12 3 5 5.5V12c0 4 3 7 7 9 4-2 7-5 7-9V5.5z"/>',
    "axis": '<path d="M5 5h14v14H5z"/>',
    "allies": '<path d="m12 3.5 2.6 5.6 6 .7-4.5 4.1 1.3 6-5.4-3.1-5.4 3.1 1.3-6-4.5-4.1 6-.7z"/>',
    "info": '<circle cx="12" cy="12" r="8.5"/><path d="M12 11v5M12 7.8h.01"/>',
    "right": '<path d="m9.5 5.5 6.5 6.5-6.5 6.5"/>',
    "left": '<path d="M14.5 5.5 8 12l6.5 6.5"/>',
    "up": '<path d="m6 14.5 6-6 6 6"/>',
    "down": '<path d="m6 9.5 6 6 6-6"/>',
    "sort": '<path d="m8 10 4-4 4 4M8 14l4 4 4-4"/>',
    "filter": '<path d="M4 6h16M7 12h10M10 18h4"/>',
    "check": '<path d="m5 12.5 4.5 4.5L19 7"/>',
    "close": '<path d="m6 6 12 12M18 6 6 18"/>',
    "warn": '<path d="M12 4 2.8 20h18.4zM12 10v4.5M12 17.3h.01"/>',
    "lost": '<path d="M4 12h16" stroke-dasharray="2.5 4"/>',
    "empty": '<path d="M4 13 7 5h10l3 8v6H4zM4 13h5l1.5 2.5h3L15 13h5"/>',
    "user": (
        '<circle cx="12" cy="12" r="8.5"/><circle cx="12" cy="10" r="2.7"/><path d="M6.8 18.5a5.6 5.6 0 0 1 10.4 0"/>'
    ),
    "settings": (
        '<path d="M4 7h9M18 7h2M4 17h2M11 17h9"/><circle cx="15.5" cy="7" r="2.3"/><circle cx="8.5" cy="17" r="2.3"/>'
    ),
    "exit": '<path d="M10 4H5v16h5M10 12h10M16 8l4 4-4 4"/>',
    "share": (
        '<circle cx="6" cy="12" r="2.5"/><circle cx="17.5" cy="6" r="2.5"/><circle cx="17.5" cy="18" r="2.5"/>'
        '<path d="m8.3 10.8 7-3.6M8.3 13.2l7 3.6"/>'
    ),
    "save": '<path d="M12 3.5V15M7 10.5l5 5 5-5M4.5 20h15"/>',
    "print": '<path d="M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7z"/>',
    "theme": '<circle cx="12" cy="12" r="8"/><path d="M12 4v16M12 8h6M12 12h8M12 16h6"/>',
    "pause": '<path d="M9 5v14M15 5v14"/>',
    "play": '<path d="M8 5.5v13l10-6.5z"/>',
    "kill": '<path d="m5 5 14 14M19 5 5 19M3.5 9 9 3.5M15 20.5l5.5-5.5"/>',
    "revive": '<path d="M9.5 4h5v5.5H20v5h-5.5V20h-5v-5.5H4v-5h5.5z"/>',
    "flag": '<path d="M6 21V4h12l-3 4 3 4H6"/>',
    "chat": '<path d="M4 5h16v11H10l-4.5 4v-4H4z"/>',
    "compare": '<path d="M4 8h13M13 4l4 4-4 4M20 16H7M11 12l-4 4 4 4"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
}
#: Hatches that say "held" without colour; charts refer to them by id.
_HATCHES = "".join(
    f'<pattern id="held-{name}" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    f'<path class="h{name}" d="M0 0V5"/></pattern>'
    for name in ("A", "B", "N")
)


@cache
def icon(name: str) -> Markup:
    """One glyph, decoration only: the words beside it say what it means. An unknown name is an error."""
    if name not in GLYPHS:
        raise KeyError(f"there is no icon {name!r}; there are: {', '.join(sorted(GLYPHS))}")
    return fill('<svg class="icon" aria-hidden="true"><use href="#i-{}"/></svg>', name)


@cache
def sprite() -> Markup:
    """All glyphs and hatches, once per page, right after `<body>`."""
    symbols = "".join(f'<symbol id="i-{name}" viewBox="0 0 24 24">{paths}</symbol>' for name, paths in GLYPHS.items())
    return ours(f'<svg class="sprite" aria-hidden="true"><defs>{_HATCHES}</defs>{symbols}</svg>')
