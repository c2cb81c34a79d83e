"""Small labels that stand in rows and heads: sides, bands, quality of data, change, initials."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Literal

from markupsafe import Markup

from slomix.names import clean_name
from slomix_webui.formats import local, whole
from slomix_webui.html import fill
from slomix_webui.icons import icon
from slomix_webui.wording import Speaker, say, speaker

Quality = Literal["complete", "partial", "estimated", "missing"]
Role = Literal["attack", "defend"]

_ROLES = {"attack": "Attack", "defend": "Defence"}
_LEVELS = {"complete": "Complete", "partial": "Partial", "estimated": "Estimated", "missing": "Missing"}
_QUALITY: dict[str, tuple[str, str]] = {
    "complete": ("good", "check"),
    "partial": ("warn", "warn"),
    "estimated": ("warn", "info"),
    "missing": ("", "lost"),
}
#: Upper end of a band in percent of the players, its words, and how many of five marks are filled.
_BANDS = ((10, "well below most", 1), (30, "below most", 2), (70, "like most", 3), (90, "above most", 4))
_TOP = "among the best"
#: Changes below this many percent are noise, and said so.
_STEADY = 0.5

# Pieces that many rows share are kept by who says their words, and by type: markup is never taken for a text like it.


def side(name: str | None) -> Markup:
    """Axis or Allies in words, with a mark of its own shape."""
    if name not in {"axis", "allies"}:
        return Markup('<span class="side quiet">–</span>')
    return fill('<span class="side">{}{}</span>', icon(name), say(name.capitalize()))


def role(name: Role) -> Markup:
    """Whether a side attacked or defended."""
    return fill('<span class="side">{}{}</span>', icon(name), say(_ROLES[name]))


def tag(text: str, kind: str = "", mark: str = "") -> Markup:
    """A small label. `kind` is one of "", new, live, good, bad, warn; `mark` the name of an icon."""
    return fill('<span class="tag{}">{}{}</span>', f" {kind}" if kind else "", icon(mark) if mark else "", text)


def quality(level: Quality, why: str = "") -> Markup:
    """How much of the data is there; `why` is the tooltip, so say it elsewhere in words, too."""
    kind, mark = _QUALITY[level]
    title = fill(' title="{}"', why) if why else ""
    classes = f"tag {kind}".strip()
    return fill('<span class="{}"{}>{}{}</span>', classes, title, icon(mark), say(_LEVELS[level]))


def band(percentile: float | None, sample: int | None = None) -> Markup:
    """Where a value stands among players, in words, with five marks: `above most`. `percentile` is 0 to 100."""
    return _band(percentile, sample, speaker())


@lru_cache(maxsize=4096, typed=True)
def _band(percentile: float | None, sample: int | None, spoken: Speaker) -> Markup:
    if percentile is None or not math.isfinite(percentile):
        return fill('<span class="band quiet">{}</span>', say("too few to compare"))
    words, filled = next(((text, marks) for end, text, marks in _BANDS if percentile < end), (_TOP, 5))
    share = max(0, min(100, round(percentile)))
    title = say("better than {share} % of {sample} players", share=share, sample=whole(sample)) if sample else ""
    marks = Markup('<i class="on"></i>') * filled + Markup("<i></i>") * (5 - filled)
    return fill(
        '<span class="band" title="{}"><span class="pips" aria-hidden="true">{}</span>{}</span>',
        title or say("better than {share} % of players", share=share),
        marks,
        say(words),
    )


def change(percent: float | None, places: int = 0, unit: str = " %") -> Markup:
    """A change against a level: sign, triangle and colour. None says that there is too little to compare."""
    return _change(percent, places, unit, speaker())


@lru_cache(maxsize=4096, typed=True)
def _change(percent: float | None, places: int, unit: str, spoken: Speaker) -> Markup:
    if percent is None or not math.isfinite(percent):
        return fill('<span class="quiet" title="{}">–</span>', say("Too few rounds to compare"))
    if abs(percent) < _STEADY:
        return fill('<span class="trend quiet">± 0{}</span>', unit)
    kind, mark, sign = ("up", "▲", "+") if percent > 0 else ("down", "▼", "−")
    return fill(
        '<span class="trend {}"><span aria-hidden="true">{}</span> {}{}{}</span>',
        kind,
        mark,
        sign,
        local(f"{abs(percent):,.{places}f}"),
        unit,
    )


@lru_cache(maxsize=1024)
def avatar(name: str, big: bool = False) -> Markup:
    """The first letters of a name in a circle; the name itself stands beside it."""
    return fill('<span class="avatar{}" aria-hidden="true">{}</span>', " big" if big else "", initials(name))


def initials(name: str) -> str:
    """One or two letters or digits of a name without its colours: `^1Re^7d fox` gives `RF`, `[x]` gives `X`."""
    words = ["".join(c for c in word if c.isalnum()) for word in clean_name(name).replace("_", " ").split()]
    found = [word for word in words if word]
    if not found:
        return "?"
    return (found[0][0] + (found[1][0] if len(found) > 1 else found[0][1:2])).upper()


def explain(address: str, what: str) -> Markup:
    """The small "i" beside a number: where its definition, formula and sample are."""
    return _explain(address, what, speaker())


@lru_cache(maxsize=4096, typed=True)
def _explain(address: str, what: str, spoken: Speaker) -> Markup:
    said = say("How {what} is made", what=what)
    return fill(
        '<a class="info" href="{}" title="{}">{}<span class="hidden">{}</span></a>', address, said, icon("info"), said
    )
