"""The small pieces of HTML that stand in every table row, as functions: a macro costs ten times as much."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Protocol
from urllib.parse import quote

from markupsafe import Markup, escape

from slomix_stats.api import Letter
from slomix_webui.colours import coloured
from slomix_webui.html import fill, ours

#: Between cells while they are escaped together; no name can hold it, since PostgreSQL's text can not.
_BETWEEN = "\0"
_BADGES: dict[Letter | None, Markup] = {
    None: Markup('<b class="team">–</b>'),
    "A": Markup('<b class="team A">A</b>'),
    "B": Markup('<b class="team B">B</b>'),
}


class Named(Protocol):
    """Anything that is a player's: lines, places, hits."""

    @property
    def player_id(self) -> str: ...
    @property
    def guid(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def name_raw(self) -> str: ...


def player(line: Named) -> Markup:
    """A link to the player, in the colours of the name."""
    return _player(line.player_id, line.name_raw, line.guid)


def badge(letter: Letter | None) -> Markup:
    """The letter of a line-up; letter and shape say what the colour says."""
    return _BADGES[letter]


def cells(values: Iterable[str]) -> Markup:
    """A `td` for each text."""
    escaped = str(escape(_BETWEEN.join(values)))
    return ours(f"<td>{escaped.replace(_BETWEEN, '</td><td>')}</td>")


def meter(share: float, kind: str = "") -> Markup:
    """The thin bar below a number, `share` percent long; `kind` "A" or "B" takes the line-up's colour."""
    return fill(
        '<svg class="meter {}" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">'
        '<rect width="{}" height="4"/></svg>',
        kind,
        round(min(100.0, max(0.0, share)), 1),
    )


@lru_cache(maxsize=4096)
def _player(player_id: str, name_raw: str, guid: str) -> Markup:
    return fill('<a class="name" href="/players/{}">{}</a>', quote(player_id), coloured(name_raw, guid))
