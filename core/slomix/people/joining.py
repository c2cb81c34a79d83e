"""Merge and split of players, and the undo of whatever changed who somebody is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from slomix.events import Event, PlayersMerged, PlayerSplit
from slomix.identity import ids
from slomix.people import accounts, moving
from slomix.people.audit import Entry, Who, entries, note
from slomix.people.search import PeopleError

if TYPE_CHECKING:
    from slomix.contrib import People
    from slomix.host.host import Contributed
    from slomix.storage.database import Connection

PLAYER = """
select p.id, p.display, p.is_bot, p.custom_name, p.chosen_name, p.linked_name, a.discord_id,
       array(select key from slomix.player_guid g where g.player_id = p.id order by key) as keys
from slomix.player p left join slomix.account a on a.player_id = p.id
where p.id = $1
"""
TOGETHER = """
select count(*) from slomix.round_player a join slomix.round_player b on b.round_id = a.round_id
where a.player_id = $1 and b.player_id = $2
"""
ACCOUNT = "update slomix.account set player_id = $2 where player_id = $1"
LEAVES = "update slomix.sick_leave set player_id = $2 where player_id = $1"
ALIASES = "update slomix.player_alias set player_id = $2 where player_id = $1"
ALIAS = "insert into slomix.player_alias (id, player_id) values ($1, $2)"
NO_ALIAS = "delete from slomix.player_alias where id = $1"
CHOICES = "update slomix.player set custom_name = $2, chosen_name = $3, linked_name = $4 where id = $1"
DROP = "delete from slomix.player where id = $1"
OWNERS = "select key from slomix.player_guid where player_id = $1 and key = any($2)"

_CHOICES = ("custom_name", "chosen_name", "linked_name")


@dataclass(frozen=True, slots=True)
class Joiner:
    """Merges and splits in open transactions. `plugins` hear of it, `settle` derives the evenings anew."""

    plugins: Sequence[Contributed[People]]
    settle: moving.Settle

    async def merge(
        self,
        tx: Connection,
        who: Who,
        source: str,
        target: str,
        *,
        together: bool = False,
        undoes: int | None = None,
    ) -> list[Event]:
        """Everything of `source` becomes `target`'s. `together` allows two who played in the same round.

        Raises `PeopleError` where they can not be one person: both linked, a bot, or seen side by side.
        """
        await moving.lock_imports(tx)
        old, new = await _player(tx, source), await _player(tx, target)
        await _refuse(tx, old, new, together)
        sessions = await moving.move_keys(tx, self.plugins, old["keys"], source, target)
        await tx.execute(moving.ALL_NAMES, source, target)
        await tx.execute(moving.DROP_NAMES, source)
        for statement in (ACCOUNT, LEAVES, ALIASES):
            await tx.execute(statement, source, target)
        await tx.execute(CHOICES, target, *(new[name] if new[name] is not None else old[name] for name in _CHOICES))
        await moving.look_behind(tx, DROP, source)
        await tx.execute(ALIAS, source, target)
        await tx.execute(moving.DESCRIBE, [target])
        await self.settle(tx, sessions)
        await moving.look_behind(tx)
        detail = {"from": _remembered(old), "to": _remembered(new)}
        await note(tx, who, "person.merge", f"player:{target}", detail, undoes=undoes)
        return [PlayersMerged(player_id=target, from_player_id=source)]

    async def split(
        self, tx: Connection, who: Who, player_id: str, keys: Sequence[str], *, undoes: int | None = None
    ) -> PlayerSplit:
        """Make GUIDs of a player a player of their own. The account, the name and the id stay with the others.

        Raises `PeopleError` where a GUID is not the player's, or nothing would stay.
        """
        await moving.lock_imports(tx)
        player = await _player(tx, player_id)
        keys = sorted(set(keys))
        strange = sorted(set(keys) - set(player["keys"]))
        if strange or not keys:
            raise PeopleError(f"{player['display']} has no GUID {', '.join(strange) or 'of that kind'}.")
        if set(keys) == set(player["keys"]):
            raise PeopleError(f"These are all GUIDs of {player['display']}; there is nothing to split off.")
        if own := [key for key in keys if ids.player_id(key) == player_id]:
            others = ", ".join(sorted(set(player["keys"]) - set(keys)))
            raise PeopleError(f"The player's id is made from {own[0]}: split off {others} instead.")
        new = ids.player_id(keys[0])
        await self._part(tx, player_id, new, keys)
        detail = {"from": player_id, "keys": keys}
        await note(tx, who, "person.split", f"player:{new}", detail, undoes=undoes)
        return PlayerSplit(player_id=new, from_player_id=player_id)

    async def _part(self, tx: Connection, player_id: str, new: str, keys: Sequence[str]) -> None:
        """Move keys of a player to one that is made for them."""
        await tx.execute(NO_ALIAS, new)
        await moving.make_player(tx, player_id, new)
        sessions = await moving.move_keys(tx, self.plugins, keys, player_id, new)
        await tx.execute(moving.NAMES_COME, player_id, new, keys)
        await tx.execute(moving.NAMES_GO, player_id, new)
        await tx.execute(moving.DESCRIBE, [player_id, new])
        await self.settle(tx, sessions)
        await moving.look_behind(tx)

    async def undo(self, tx: Connection, who: Who, number: int) -> list[Event]:
        """Take back an entry of the audit log. Raises `PeopleError` where that can not be done (any more)."""
        found = await entries(tx, number=number)
        if not found:
            raise PeopleError(f"The audit log has no entry {number}; `slomix people log` shows it.")
        entry = found[0]
        if entry.undone_by is not None:
            raise PeopleError(f"Entry {number} was undone already, by entry {entry.undone_by}.")
        who = replace(who, reason=who.reason or f"undo of {number}")
        player_id = entry.subject.removeprefix("player:")
        detail: dict[str, Any] = dict(entry.detail)
        if not detail:
            raise PeopleError(f"Entry {number} can not be undone: what it did was forgotten.")
        match entry.action:
            case "person.link":
                if await accounts.player_of(tx, int(detail["discord"])) != player_id:
                    raise PeopleError(f"Entry {number} can not be undone: the account is linked otherwise now.")
                return await accounts.unlink(tx, who, int(detail["discord"]), undoes=number)
            case "person.unlink":
                return await accounts.link(tx, who, int(detail["discord"]), player_id, detail["name"], undoes=number)
            case "person.rename":
                before = detail["before"]
                return await accounts.rename(
                    tx, who, player_id, custom=before["custom"], alias=before["alias"], undoes=number
                )
            case "person.split":
                return await self.merge(tx, who, player_id, detail["from"], together=True, undoes=number)
            case "person.merge":
                return await self._unmerge(tx, who, entry, player_id)
        raise PeopleError(f"An entry of {entry.action} can not be undone here.")

    async def _unmerge(self, tx: Connection, who: Who, entry: Entry, player_id: str) -> list[Event]:
        """Both players as they were: GUIDs, account and names of their own."""
        await moving.lock_imports(tx)
        old, new = entry.detail["from"], entry.detail["to"]
        there = {row["key"] for row in await tx.fetch(OWNERS, player_id, old["keys"])}
        if gone := sorted(set(old["keys"]) - there):
            raise PeopleError(f"The merge can not be undone: {', '.join(gone)} went to somebody else since.")
        await self._part(tx, player_id, old["id"], old["keys"])
        if old["discord"] is not None:
            await tx.execute(ACCOUNT, player_id, old["id"])
        for side in (old, new):
            await tx.execute(CHOICES, side["id"], *(side[name] for name in _CHOICES))
        detail = {"from": player_id, "keys": old["keys"]}
        await note(tx, who, "person.split", f"player:{old['id']}", detail, undoes=entry.id)
        return [PlayerSplit(player_id=old["id"], from_player_id=player_id)]


async def _refuse(tx: Connection, old: Any, new: Any, together: bool) -> None:
    """Raise `PeopleError` where two players can not be one person."""
    if old["id"] == new["id"]:
        raise PeopleError(f"{old['display']} is one player already.")
    if old["is_bot"] or new["is_bot"]:
        raise PeopleError("A bot is nobody's other player.")
    if old["discord_id"] is not None and new["discord_id"] is not None:
        raise PeopleError(f"{old['display']} and {new['display']} have a Discord account each; unlink one first.")
    if not together and (rounds := await tx.fetchval(TOGETHER, old["id"], new["id"])):
        raise PeopleError(
            f"{old['display']} and {new['display']} played side by side in {rounds} rounds, so they are two people. "
            "An admin who knows better says --together."
        )


async def _player(tx: Connection, player_id: str) -> Any:
    row = await tx.fetchrow(PLAYER, player_id)
    if row is None:
        raise PeopleError(f"There is no player {player_id}.")
    return row


def _remembered(player: Any) -> dict[str, Any]:
    """What an undo has to bring back."""
    discord = player["discord_id"]
    return {
        "id": player["id"],
        "keys": list(player["keys"]),
        "discord": None if discord is None else str(discord),
        **{name: player[name] for name in _CHOICES},
    }
