"""What people decide about rounds, teams and rosters: written down with who and why, applied at once, undone at will.

A decision is an input of the derivation and is never overwritten by it. Each call is one transaction that holds the
lock of the server and settles the session anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from slomix.errors import SlomixError
from slomix.identity.place import prologue
from slomix_stats.derive.model import DEFAULT_RULES, DecisionKind, Letter, Rules
from slomix_stats.settle.session import settle

if TYPE_CHECKING:
    from slomix.context import Db
    from slomix.storage.database import Connection

#: The right to decide; admins have it, others can be granted it.
DECIDE = "stats.decide"
LONGEST_NAME = 40

MAKE = """
insert into stats.decision (kind, subject, value, decided_by, reason) values ($1, $2, $3, $4, $5) returning id
"""
UNDO = "update stats.decision set undone_at = now() where id = $1 and undone_at is null returning subject"
SUBJECT = "select subject from stats.decision where id = $1 and undone_at is null"
SESSION = """
select r.session_id, v.name as server
from slomix.round r join slomix.server v on v.id = r.server_id
where r.id = coalesce(
    (select a.round_id from slomix.round_alias a where a.id = 'r' || substr($1, 2, 16)), 'r' || substr($1, 2, 16)
)
"""
ROSTERS = """
select m.id as match_id, array(
        select distinct p.player_id from stats.player_round p
        where p.round_id in (m.r1_round_id, m.r2_round_id) and p.guid = any(x.team_a)
    ) as a, array(
        select distinct p.player_id from stats.player_round p
        where p.round_id in (m.r1_round_id, m.r2_round_id) and p.guid = any(x.team_b)
    ) as b
from slomix.match m join stats.match_result x on x.match_id = m.id
where m.session_id = $1 and exists (
    select from stats.player_round p where p.round_id in (m.r1_round_id, m.r2_round_id) and p.player_id = $2
)
order by m.ended_at, m.id
"""
LATEST = """
select id, kind, subject, value, decided_by, reason, decided_at, undone_at from stats.decision
where ($1::text is null or substr(subject, 2, 16) = any(array(
    select substr(r.id, 2) from slomix.round r where r.session_id = $1
)))
order by id desc limit $2 offset $3
"""


class DecisionError(SlomixError):
    """A decision that can not be made; the sentence says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who decides and why: `discord:<id>` or `cli:<account>`."""

    who: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A decision as it is stored."""

    id: int
    kind: DecisionKind
    subject: str
    value: Mapping[str, Any]
    decided_by: str
    reason: str
    decided_at: datetime
    undone_at: datetime | None


class Decisions:
    """Making, listing and undoing. `rules` are those of the settings."""

    def __init__(self, db: Db, rules: Rules = DEFAULT_RULES) -> None:
        self._db = db
        self._rules = rules

    async def name_teams(self, session_id: str, a: str, b: str, by: By, segment: int | None = None) -> int:
        """Call the teams of a session, or of one of its segments, so. Answers the number of the decision."""
        a, b = _name(a), _name(b)
        if a.casefold() == b.casefold():
            raise DecisionError("The two teams need different names.")
        subject = session_id if segment is None else f"{session_id}/{segment}"
        return (await self._make([("team_names", subject, {"a": a, "b": b})], by))[0]

    async def move(self, session_id: str, player_id: str, team: Letter, by: By) -> list[int]:
        """Say that a player was in this team on every map that they played in a session."""
        rows = await self._db.fetch(ROSTERS, session_id, player_id)
        if not rows:
            raise DecisionError("They did not play a map of that session.")
        made: list[tuple[DecisionKind, str, Mapping[str, Any]]] = []
        for row in rows:
            teams = {letter: [each for each in row[letter] if each != player_id] for letter in ("a", "b")}
            teams[team.lower()].append(player_id)
            made.append(("roster", row["match_id"], {"a": teams["a"], "b": teams["b"]}))
        return await self._make(made, by)

    async def judge(self, round_id: str, valid: bool, by: By) -> int:
        """Say that a round counts, or that it does not, whatever the rules say."""
        return (await self._make([("validity", round_id, {"valid": valid})], by))[0]

    async def undo(self, number: int) -> None:
        """Take a decision back: what the rules say holds again. Raises `DecisionError` where there is none."""
        subject = await self._db.fetchval(SUBJECT, number)
        if subject is None:
            raise DecisionError(f"There is no decision {number} to undo.")
        session_id, server = await self._place(subject)
        async with self._db.transaction(prologue=prologue(server)) as tx:
            if await tx.fetchval(UNDO, number) is None:
                raise DecisionError(f"There is no decision {number} to undo.")
            await settle(tx, [session_id], self._rules)

    async def latest(self, session_id: str | None = None, *, limit: int = 10, offset: int = 0) -> list[Decided]:
        """Decisions, newest first: about one session, or all."""
        return [Decided(**dict(row)) for row in await self._db.fetch(LATEST, session_id, limit, offset)]

    async def _make(self, made: list[tuple[DecisionKind, str, Mapping[str, Any]]], by: By) -> list[int]:
        session_id, server = await self._place(made[0][1])
        async with self._db.transaction(prologue=prologue(server)) as tx:
            numbers = [await _write(tx, kind, subject, value, by) for kind, subject, value in made]
            await settle(tx, [session_id], self._rules)
        return numbers

    async def _place(self, subject: str) -> tuple[str, str]:
        """The session that a subject is of or in, and its server."""
        row = await self._db.fetchrow(SESSION, subject)
        if row is None:
            raise DecisionError(f"There is no {_KINDS.get(subject[:1], 'thing')} {subject}.")
        return row["session_id"], row["server"]


_KINDS = {"r": "round", "m": "match", "s": "session"}


async def _write(tx: Connection, kind: DecisionKind, subject: str, value: Mapping[str, Any], by: By) -> int:
    number: int = await tx.fetchval(MAKE, kind, subject, dict(value), by.who, by.reason)
    return number


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not 1 <= len(name) <= LONGEST_NAME or not all(character.isprintable() for character in name):
        raise DecisionError(f"A team's name has 1 to {LONGEST_NAME} characters that can be seen.")
    return name
