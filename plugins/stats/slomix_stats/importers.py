"""Decisions of another system: rows of `slomix import teams` and `slomix import decisions`.

Both become rows of `stats.decision`, which win over what is derived and can be undone like any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from slomix.contrib import Importer
from slomix.errors import SlomixError
from slomix.identity.place import prologue
from slomix_stats.settle.session import settle

if TYPE_CHECKING:
    from slomix.storage.database import Connection
    from slomix_stats.derive.rules import Rules

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_GUIDS = re.compile(r"[0-9A-Za-z]{8,32}")
_YES, _NO = frozenset({"true", "t", "yes", "1"}), frozenset({"false", "f", "no", "0"})

# The line-ups of that day (by the server's clock), with how many of the GUIDs played in each of their teams.
LINE_UPS = """
select s.session_id, s.number, p.team, v.name as server,
    count(distinct p.player_id) filter (where g.guid is not null) as players,
    (select count(*) from stats.segment o where o.session_id = s.session_id) as segments
from stats.segment s
join slomix.session e on e.id = s.session_id
join slomix.server v on v.id = e.server_id
join stats.segment_player p on p.session_id = s.session_id and p.number = s.number
left join slomix.player_guid g on g.player_id = p.player_id and g.guid = any($2::text[])
where (
        select min(r.ended_local)::date from slomix.round r where r.session_id = s.session_id
    ) = $1
    and ($3 = '' or v.name = $3)
group by s.session_id, s.number, p.team, v.name
order by players desc, s.session_id, s.number, p.team
"""
VALUE = (
    "select value from stats.decision where kind = $1 and subject = $2 and undone_at is null order by id desc limit 1"
)
DECIDE = "insert into stats.decision (kind, subject, value, decided_by, reason) values ($1, $2, $3, $4, $5)"
ROUND = """
select r.id, r.session_id, v.name as server, s.valid
from slomix.artifact a
join slomix.round r on r.id = a.round_id
join slomix.server v on v.id = r.server_id
join stats.round s on s.round_id = r.id
where a.name = $1 and a.outcome = 'imported'
limit 1
"""


class RowRefused(SlomixError):
    """A row that does not fit what was imported here; the sentence says why."""


def importers(rules: Rules) -> Iterable[Importer]:
    """The tables that stats reads."""

    async def take_team(tx: Connection, row: Mapping[str, str], actor: str) -> bool:
        return await _team(tx, row, actor, rules)

    async def take_decision(tx: Connection, row: Mapping[str, str], actor: str) -> bool:
        return await _decision(tx, row, actor, rules)

    yield Importer(
        name="teams",
        columns=("date", "name", "guids"),
        optional=("colour", "server"),
        take=take_team,
        summary="what a team was called on an evening: one row per team, with the GUIDs of its players",
    )
    yield Importer(
        name="decisions",
        columns=("file", "valid"),
        optional=("reason", "decided_by"),
        take=take_decision,
        summary="rounds (by their file) that somebody decided to count, or not to count",
    )


async def _team(tx: Connection, row: Mapping[str, str], actor: str, rules: Rules) -> bool:
    try:
        day = date.fromisoformat(row["date"][:10])
    except ValueError:
        raise RowRefused(f"{row['date']!r} is no date such as 2025-10-12") from None
    guids = sorted({guid[:8].upper() for guid in _GUIDS.findall(row["guids"])})
    colour = row.get("colour", "")
    if not row["name"] or not guids:
        raise RowRefused("a team needs a name and GUIDs")
    if colour and not _COLOUR.fullmatch(colour):
        raise RowRefused(f"{colour!r} is no colour such as #c0392b")
    found: Any = await tx.fetch(LINE_UPS, day, guids, row.get("server", ""))
    if not found:
        raise RowRefused(f"nobody played two line-ups on {day} here; import the round files first")
    best, *others = found
    if best["players"] * 2 < len(guids) or any(each["players"] == best["players"] for each in others[:1]):
        raise RowRefused(f"no team of {day} is clearly the one of {', '.join(guids)}")
    letter = best["team"].lower()
    value = {letter: row["name"], **({f"colour_{letter}": colour} if colour else {})}
    subject = best["session_id"] if best["segments"] == 1 else f"{best['session_id']}/{best['number']}"
    before: Mapping[str, Any] = await tx.fetchval(VALUE, "team_names", subject) or {}
    if {**before, **value} == before:
        return False
    await tx.execute(DECIDE, "team_names", subject, {**before, **value}, actor, "imported")
    await _settle(tx, best["server"], best["session_id"], rules)
    return True


async def _decision(tx: Connection, row: Mapping[str, str], actor: str, rules: Rules) -> bool:
    said = row["valid"].casefold()
    if said not in _YES | _NO:
        raise RowRefused(f"valid is true or false, not {row['valid']!r}")
    file = row["file"] if row["file"].endswith(".txt") else f"{row['file']}.txt"
    found: Any = await tx.fetchrow(ROUND, file)
    if found is None:
        raise RowRefused(f"no round was imported from {file}")
    valid = said in _YES
    before: Mapping[str, Any] | None = await tx.fetchval(VALUE, "validity", found["id"])
    # what the rules say anyway needs no decision, which would stand in the way of better rules
    if found["valid"] == valid if before is None else before.get("valid") == valid:
        return False
    reason = row.get("reason") or "imported"
    await tx.execute(DECIDE, "validity", found["id"], {"valid": valid}, row.get("decided_by") or actor, reason)
    await _settle(tx, found["server"], found["session_id"], rules)
    return True


async def _settle(tx: Connection, server: str, session_id: str, rules: Rules) -> None:
    for statement in prologue(server):
        await tx.execute(statement)
    await settle(tx, [session_id], rules)
