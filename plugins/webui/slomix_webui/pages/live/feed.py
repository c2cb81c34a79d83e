"""The feed of live rounds: which kinds of news there are, and what a line of each holds. Pure.

How a line is said in words stands in `templates/live/sentences.html`, by its type: the page and the browser fill in
the same sentences.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from slomix.names import clean_name
from slomix.nouns import Side
from slomix_stats.api import FeedEntry, LiveName
from slomix_webui.weapons import weapon_name

_MOD = "MOD_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A group of news that a reader can leave out, the types of its lines, and their icon."""

    key: str
    icon: str
    types: frozenset[str]


_DEEDS = ("plant", "defuse", "repair", "destroy", "item", "announce")
_OBJECTIVES = ("objective_stole", "objective_returned", "objective_planted", "objective_defused")
KINDS: tuple[Kind, ...] = (
    Kind(key="objectives", icon="flag", types=frozenset({*_DEEDS, *_OBJECTIVES})),
    Kind(
        key="rounds",
        icon="clock",
        types=frozenset({"loaded", "round_start", "round_end", "vote_called", "vote_passed"}),
    ),
    Kind(key="kills", icon="kill", types=frozenset({"kill", "own_kill", "death"})),
    Kind(key="revives", icon="revive", types=frozenset({"revive"})),
    Kind(key="people", icon="player", types=frozenset({"join", "leave", "side", "watch"})),
    Kind(key="chat", icon="chat", types=frozenset({"say"})),
)
#: Lines that stand out, and that a screen reader is told of.
MARKED = frozenset({"plant", "destroy", "round_start", "round_end", *_OBJECTIVES})
_KIND_OF = {type_: kind for kind in KINDS for type_ in kind.types}


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveLine:
    """A line of the feed. `kind` is a key of `KINDS`, `type` what happened: as in `FeedEntry`, and `own_kill`, `death`
    (nobody's kill) and `watch` (to the spectators).

    `what` is a weapon as players say it, an objective, a text; "" where there is none.
    """

    seq: int
    server: str
    at: datetime
    kind: str
    type: str
    icon: str
    marked: bool
    actor: LiveName | None = None
    target: LiveName | None = None
    side: Side | None = None
    what: str = ""


def lines(feed: Sequence[FeedEntry], zone: tzinfo) -> tuple[LiveLine, ...]:
    """The lines of a feed in its order, times in `zone`; types that nobody knows how to tell are left out."""
    return tuple(line(entry, zone) for entry in feed if entry.type in _KIND_OF)


def line(entry: FeedEntry, zone: tzinfo) -> LiveLine:
    """One line."""
    type_ = _type(entry)
    kind = _KIND_OF[type_]
    what = entry.what or ""
    return LiveLine(
        seq=entry.seq,
        server=entry.server,
        at=entry.at.astimezone(zone),
        kind=kind.key,
        type=type_,
        icon=kind.icon,
        marked=type_ in MARKED,
        actor=entry.actor,
        target=entry.target,
        side=entry.side,
        what=_weapon(what) if entry.type == "kill" else clean_name(what),
    )


def chosen(lines_: Sequence[LiveLine], kinds: Collection[str]) -> tuple[LiveLine, ...]:
    """The lines of some kinds, newest first."""
    return tuple(each for each in reversed(lines_) if each.kind in kinds)


def _type(entry: FeedEntry) -> str:
    if entry.type == "kill" and entry.actor is None:
        return "death"
    if entry.type == "kill" and entry.target is not None and entry.actor == entry.target:
        return "own_kill"
    return "watch" if entry.type == "side" and entry.side not in {"axis", "allies"} else entry.type


def _weapon(what: str) -> str:
    """`MOD_MP40` is `MP 40`; the number that some scripts write names nothing."""
    name = what.removeprefix(_MOD)
    return "" if not name or name.isdigit() else weapon_name(name.lower())
