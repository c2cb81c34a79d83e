"""Player names in their colours: `^1Name` becomes spans with a class per colour, and nothing else of it is markup.

A colour code is `^` plus any character but `^`. The game keeps 32 colours and takes the character's distance from
`0`, modulo 32; `^*` goes back to the colour a name starts with. The shades themselves are in `webui.css` (`.c0` to
`.c31`), moved towards the text colour as far as it needs to read them on a dark and on a light page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from markupsafe import Markup, escape

from slomix.names import clean_name

#: How many colours the game has.
COLOURS = 32
_CODE = re.compile(r"\^([^^])")
_DEFAULT = "*"


def colour_index(code: str) -> int | None:
    """Which of the 32 colours the character after `^` names; None goes back to the default colour."""
    return None if code == _DEFAULT else (ord(code) - ord("0")) % COLOURS


def runs(raw: str) -> Iterator[tuple[int | None, str]]:
    """The stretches of a name with their colours, empty ones left out, spaces around the name removed.

    `"^1Re^2d"` gives `(1, "Re"), (2, "d")`.
    """
    parts = _CODE.split(raw)
    colour: int | None = None
    found: list[tuple[int | None, str]] = []
    for position, part in enumerate(parts):
        if position % 2:
            colour = colour_index(part)
        elif part and found and found[-1][0] == colour:
            found[-1] = (colour, found[-1][1] + part)
        elif part:
            found.append((colour, part))
    yield from _stripped(found)


@lru_cache(maxsize=4096)
def coloured(raw: str, fallback: str = "") -> Markup:
    """The name as markup. `fallback` (the short GUID, say) stands in for a name that is nothing but codes."""
    if not clean_name(raw):
        return escape(fallback)
    return Markup("").join(_span(colour, text) for colour, text in runs(raw))


def _span(colour: int | None, text: str) -> Markup:
    if colour is None or not text.strip():
        return escape(text)
    return Markup('<span class="c{}">{}</span>').format(colour, text)


def _stripped(found: list[tuple[int | None, str]]) -> Iterator[tuple[int | None, str]]:
    """Without the spaces before and after the whole name, wherever the colour codes put them."""
    texts = [text for _, text in found]
    for position in range(len(texts)):
        texts[position] = texts[position].lstrip()
        if texts[position]:
            break
    for position in range(len(texts) - 1, -1, -1):
        texts[position] = texts[position].rstrip()
        if texts[position]:
            break
    for (colour, _), text in zip(found, texts, strict=True):
        if text:
            yield colour, text
