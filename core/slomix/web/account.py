"""What people do with their own account on pages: their browsers, their player, their names, their data.

Every function takes the request, finds who asks, and raises `LoginNeeded` for a stranger. What can not be done is a
`Conflict` with the reason. Changes stand in the audit log as if they were asked for on Discord.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request

from slomix.nouns import Person
from slomix.people import logins
from slomix.people.logins import Device
from slomix.people.search import FoundPlayer, PeopleError
from slomix.web.auth import Viewer, auth_of, require_login
from slomix.web.buckets import take
from slomix.web.problems import Conflict, NotFound

__all__ = [
    "Device",
    "FoundPlayer",
    "Name",
    "choose_name",
    "claim",
    "devices",
    "end_all",
    "end_device",
    "forget_me",
    "my_data",
    "names",
    "suggestions",
    "unlink",
]

#: Copies of all that is kept about somebody; one is a lot of reading.
COPIES_PER_MINUTE = 5
#: For so long a claim to a player may be contested before it lets its owner have the player forgotten.
CLAIM_SETTLES = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A name that a player had. `raw` has the game's colour codes."""

    name: str
    raw: str
    first_seen: datetime
    last_seen: datetime


# ---- browsers -------------------------------------------------------------------------------


async def devices(request: Request) -> list[Device]:
    """Where who asks is logged in, the one used last first; `current` is this browser."""
    me, auth = await require_login(request), auth_of(request)
    return await logins.devices(auth.db, me.discord_id, auth.clock.now(), auth.digest(request))


async def end_device(request: Request, key: str) -> None:
    """Log one of the own browsers out. Raises `NotFound` where there is none with this key."""
    me, auth = await require_login(request), auth_of(request)
    async with auth.db.transaction() as tx:
        ended = await logins.end_one(tx, me.discord_id, key)
    if not ended:
        raise NotFound("That browser is logged out already.")
    if key == me.session:
        auth.cookies.log_out(request)


async def end_all(request: Request) -> int:
    """Log all own browsers out, this one too; answers how many there were."""
    me, auth = await require_login(request), auth_of(request)
    async with auth.db.transaction() as tx:
        ended = await logins.end_all(tx, me.discord_id)
    auth.cookies.log_out(request)
    return ended


# ---- player and name ------------------------------------------------------------------------


async def suggestions(request: Request, text: str = "") -> list[FoundPlayer]:
    """Players of nobody who may be who asks: by `text` (name, GUID, player id), else by their name on Discord."""
    me, auth = await require_login(request), auth_of(request)
    return await auth.people.suggest(text or me.name)


async def claim(request: Request, player_id: str) -> str:
    """Say which player one is; answers the name of it. Who has a player already gets the GUIDs of this one with it."""
    me, auth = await require_login(request), auth_of(request)
    with refusals():
        claimed = await auth.people.claim(me.who(), me.discord_id, player_id, me.name)
    return await auth.people.display_name(claimed)


async def unlink(request: Request) -> None:
    """Be no player any more."""
    me, auth = await require_login(request), auth_of(request)
    with refusals():
        await auth.people.unlink(me.who(), me.discord_id)


async def names(request: Request) -> list[Name]:
    """The names that the own player had, the most recent first."""
    me, auth = await require_login(request), auth_of(request)
    return [Name(**dict(row)) for row in await auth.people.aliases(_player(me))]


async def choose_name(request: Request, *, custom: str | None = None, alias: str | None = None) -> str:
    """Choose what one is called: a name of one's own, one of `names`, or neither, the usual one; answers what it is."""
    me, auth = await require_login(request), auth_of(request)
    with refusals():
        await auth.people.rename(me.who(), _player(me), custom=custom, alias=alias)
    return await auth.people.display_name(_player(me))


# ---- data -----------------------------------------------------------------------------------


async def my_data(request: Request) -> dict[str, Any]:
    """Everything that is kept about who asks, core's and the plugins' part, as JSON values (times as datetimes)."""
    take(request, "slomix.my_data", per_minute=COPIES_PER_MINUTE)
    me, auth = await require_login(request), auth_of(request)
    with refusals():
        return await auth.people.export(await _person(request, me))


async def forget_me(request: Request) -> None:
    """Have nothing mention who asks any more; they are logged out everywhere by it. It can not be undone.

    Raises `Conflict` while the claim to the player is younger than `CLAIM_SETTLES`: nobody proves who they are, and a
    stranger's history must not be lost by a wrong claim.
    """
    me, auth = await require_login(request), auth_of(request)
    claimed = await auth.people.claimed_at(me.discord_id) if me.player_id is not None else None
    if claimed is not None and (free := claimed + CLAIM_SETTLES) > auth.clock.now():
        raise Conflict(
            f"You said less than {CLAIM_SETTLES.days} days ago which player you are. That is taken as true, and can be "
            f"undone, until {free:%Y-%m-%d}; forgetting can not. Come again then, or ask an admin."
        )
    with refusals():
        await auth.people.forget(me.who(), await _person(request, me))
    auth.cookies.log_out(request)


@contextmanager
def refusals() -> Iterator[None]:
    """What the people of this community refuse is an answer for who asks."""
    try:
        yield
    except PeopleError as error:
        raise Conflict(str(error)) from error


def _player(me: Viewer) -> str:
    if me.player_id is None:
        raise Conflict("You have no player yet; say first which one is yours.")
    return me.player_id


async def _person(request: Request, me: Viewer) -> Person:
    if me.player_id is None:
        return Person(player_id=None, discord_id=me.discord_id)
    return await auth_of(request).people.person(me.player_id)
