"""Accounts and names from another system: rows of `slomix import links` and `slomix import names`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from slomix.contrib import Importer
from slomix.names import clean_name
from slomix.people import accounts, moving
from slomix.people.audit import Who
from slomix.people.search import PeopleError

if TYPE_CHECKING:
    from slomix.context import Events
    from slomix.settings import CoreSettings
    from slomix.storage.database import Connection

PLAYER = "select player_id from slomix.player_guid where guid = $1 and key = guid"
CALLED = "select custom_name, chosen_name from slomix.player where id = $1"
SEEN = """
insert into slomix.player_name as n (player_id, raw, name, first_seen, last_seen) values ($1, $2, $3, $4, $5)
on conflict (player_id, raw) do update set
    first_seen = least(n.first_seen, excluded.first_seen), last_seen = greatest(n.last_seen, excluded.last_seen)
where n.first_seen > excluded.first_seen or n.last_seen < excluded.last_seen
returning true
"""
WHY = "imported"


def core_importers(events: Events, settings: CoreSettings) -> Iterable[Importer]:
    """The tables that core itself reads."""
    zone = ZoneInfo(settings.timezone)

    async def take_link(tx: Connection, row: Mapping[str, str], actor: str) -> bool:
        return await _link(tx, events, row, actor)

    async def take_name(tx: Connection, row: Mapping[str, str], actor: str) -> bool:
        return await _name(tx, events, row, actor, zone)

    yield Importer(
        name="links",
        columns=("guid", "discord_id"),
        optional=("name",),
        take=take_link,
        summary="Discord accounts and the GUIDs that are theirs",
    )
    yield Importer(
        name="names",
        columns=("guid", "name"),
        optional=("kind", "first_seen", "last_seen"),
        take=take_name,
        summary="names that players had (kind seen), chose (alias) or gave themselves (custom)",
    )


async def _link(tx: Connection, events: Events, row: Mapping[str, str], actor: str) -> bool:
    player_id = await _player(tx, row["guid"])
    if not (row["discord_id"].isascii() and row["discord_id"].isdigit() and 0 < int(row["discord_id"]) < 1 << 63):
        raise PeopleError(f"{row['discord_id']!r} is no Discord id, which is a long number")
    discord_id = int(row["discord_id"])
    if await accounts.player_of(tx, discord_id) == player_id:
        return False
    await events.publish(
        tx, *await accounts.link(tx, Who(actor=actor, reason=WHY), discord_id, player_id, row.get("name", ""))
    )
    return True


async def _name(tx: Connection, events: Events, row: Mapping[str, str], actor: str, zone: ZoneInfo) -> bool:
    player_id, name, kind = await _player(tx, row["guid"]), row["name"], row.get("kind") or "seen"
    if not name:
        raise PeopleError("the name is empty")
    if kind == "seen":
        return await _seen(tx, player_id, name, row, zone)
    if kind not in ("alias", "custom"):
        raise PeopleError(f"{kind!r} is no kind of name; it is seen, alias or custom")
    now: Any = await tx.fetchrow(CALLED, player_id)
    if now["custom_name"] == name or (kind == "alias" and clean_name(now["chosen_name"] or "") == clean_name(name)):
        return False
    custom, alias = (name, None) if kind == "custom" else (None, name)
    who = Who(actor=actor, reason=WHY)
    await events.publish(tx, *await accounts.rename(tx, who, player_id, custom=custom, alias=alias))
    return True


async def _seen(tx: Connection, player_id: str, name: str, row: Mapping[str, str], zone: ZoneInfo) -> bool:
    last = _moment(row.get("last_seen") or row.get("first_seen", ""), zone)
    first = _moment(row.get("first_seen", ""), zone) or last
    if first is None or last is None:
        raise PeopleError("a name that was seen needs first_seen or last_seen")
    changed = await tx.fetchval(
        SEEN, player_id, name, clean_name(name) or row["guid"], min(first, last), max(first, last)
    )
    if changed:
        await tx.execute(moving.DESCRIBE, [player_id])
    return bool(changed)


def _moment(text: str, zone: ZoneInfo) -> datetime | None:
    """A time as databases write it; without an offset it is by slomix.timezone. None for an empty text."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise PeopleError(f"{text!r} is no time such as 2025-10-12 21:30:00") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


async def _player(tx: Connection, guid: str) -> str:
    found: str | None = await tx.fetchval(PLAYER, guid[:8].upper())
    if found is None:
        raise PeopleError(f"nobody has played with the GUID {guid!r} here; import the round files first")
    return found
