"""What `/me` shows: the reader, their player, browsers and settings. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from slomix_webui.frame.acting import Panel

if TYPE_CHECKING:
    from slomix.web.account import Device, FoundPlayer, Name
    from slomix.web.auth import Viewer

_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Mac OS X", "Linux")
_PLAIN = re.compile(r"[\w .;:/()-]+")
MOST_NAMES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Who is logged in: the Discord account (a text, as it is larger than numbers of JSON), tier and rights."""

    discord_id: str
    name: str
    tier: str
    rights: tuple[str, ...]
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnName:
    """A name that the reader's player had."""

    name: str
    name_raw: str
    first_seen: datetime
    last_seen: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """The reader's player and its names, the most recent first."""

    player_id: str
    name: str
    names: tuple[OwnName, ...]

    @property
    def options(self) -> tuple[tuple[str, str], ...]:
        """The names to choose from, each once."""
        return (("", "–"), *((name, name) for name in dict.fromkeys(each.name for each in self.names)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggested:
    """A player that the reader may be."""

    player_id: str
    name: str
    guids: tuple[str, ...]
    aliases: tuple[str, ...]
    last_seen: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """A browser in which the reader is logged in."""

    key: str
    name: str
    since: datetime
    last_seen: datetime
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A page for this reader."""

    label: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MeView:
    """`account` is None for a stranger; `login` is where to log in then, None while nobody can.

    `looked_for` is the name that was searched for, `said` what was done by the page before.
    """

    account: Account | None
    login: str | None
    player: Linked | None
    suggested: tuple[Suggested, ...]
    looked_for: str
    browsers: tuple[Browser, ...]
    panels: tuple[Panel, ...]
    ways: tuple[Way, ...]
    said: str


def account_of(viewer: Viewer) -> Account:
    """The account of who is logged in."""
    return Account(
        discord_id=str(viewer.discord_id),
        name=viewer.name,
        tier=viewer.tier,
        rights=tuple(sorted(viewer.rights)),
        since=viewer.since,
    )


def linked(player_id: str, name: str, names: Sequence[Name]) -> Linked:
    """The reader's player."""
    told = (
        OwnName(name=each.name, name_raw=each.raw, first_seen=each.first_seen, last_seen=each.last_seen)
        for each in names[:MOST_NAMES]
    )
    return Linked(player_id=player_id, name=name, names=tuple(told))


def suggested(found: Iterable[FoundPlayer]) -> tuple[Suggested, ...]:
    """Players to say "that is me" to."""
    return tuple(
        Suggested(
            player_id=each.player_id,
            name=each.name,
            guids=tuple(guid[:8] for guid in each.guids),
            aliases=tuple(alias for alias in each.aliases if alias != each.name)[:5],
            last_seen=each.last_seen,
        )
        for each in found
    )


def browsers(found: Iterable[Device]) -> tuple[Browser, ...]:
    """Where the reader is logged in."""
    return tuple(
        Browser(
            key=each.key,
            name=browser_name(each.agent),
            since=each.created_at,
            last_seen=each.last_seen_at,
            current=each.current,
        )
        for each in found
    )


def browser_name(agent: str) -> str:
    """What people call a browser, by what it calls itself: `Firefox on Linux`."""
    browser = next((name for sign, name in _BROWSERS if sign in agent), "")
    system = next((name for name in _SYSTEMS if name in agent), "")
    if browser and system:
        return f"{browser} on {system.replace('Mac OS X', 'macOS')}"
    return agent[:60] if _PLAIN.fullmatch(agent[:60]) else "A browser"
