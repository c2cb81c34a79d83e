"""The strip of one half: how long the attackers needed, on the scale of the map's limit, with a tick per minute."""

from __future__ import annotations

from functools import lru_cache

from markupsafe import Markup

from slomix_webui.html import fill, together
from slomix_webui.stopwatch import Half

_MINUTE = 60
#: More ticks than this are no scale any more.
_MOST_TICKS = 60
_BEAT = 0.9


def strip(half: Half, limit: float | None = None) -> Markup:
    """Full colour where the attackers made it, hatched where they were held; the notch is the time to beat.

    `limit` is what 100 % of the strip is, in seconds; with it the strip has a tick per minute. The words stand beside
    the strip, so it is hidden from screen readers.
    """
    parts = [Markup('<rect class="rest" width="100%" height="12"/>')]
    if half.length is not None:
        parts.append(_run(half))
    parts.append(_ticks(limit))
    if half.mark is not None:
        at = max(0.0, min(100 - _BEAT, half.mark - _BEAT / 2))
        parts.append(fill('<rect class="beat" x="{}%" y="-2" width="3" height="16"/>', round(at, 2)))
    return fill('<svg class="strip {}" aria-hidden="true">{}</svg>', half.letter or "", together(parts))


@lru_cache(maxsize=256)
def _ticks(limit: float | None) -> Markup:
    return together(fill('<rect class="tick" x="{}%" width="1" height="12"/>', at) for at in minutes(limit))


def minutes(limit: float | None) -> list[float]:
    """Where the whole minutes stand, in percent of `limit` seconds, without both ends."""
    count = int(limit // _MINUTE) if limit and limit > 0 else 0
    if not limit or count > _MOST_TICKS:
        return []
    return [round(100 * _MINUTE * number / limit, 2) for number in range(1, count + 1) if _MINUTE * number < limit]


def _run(half: Half) -> Markup:
    if half.done:
        return fill('<rect class="run" width="{}%" height="12"/>', half.length)
    return fill(
        '<rect class="held" width="{}%" height="11" y="0.5" fill="url(#held-{})"/>', half.length, half.letter or "N"
    )
