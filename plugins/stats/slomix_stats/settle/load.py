"""What a session is derived from, read from the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from slomix_stats.derive.model import Decision, MatchInput, PlayerInput, RoundInput, SessionInput
from slomix_stats.record import unpack

if TYPE_CHECKING:
    from slomix.storage.database import Connection

Row = Mapping[str, Any]

# Also rounds that are counted under one of the sessions and belong to another one now.
ROUNDS = """
select r.id as round_id, r.session_id, r.match_id, r.map, r.number, r.ended_at, r.aborted,
    coalesce(s.limit_s, r.limit_s) as limit_s, coalesce(s.target_s, r.target_s) as target_s,
    coalesce(s.defender, r.defender) as defender, s.seconds, s.outcome, coalesce(s.ended_early, false) as ended_early,
    s.raw, s.status, s.valid, s.counts, s.invalid_reason, s.mvp, s.counted_session, s.counted_segment, v.name as server
from slomix.round r
join slomix.server v on v.id = r.server_id
left join stats.round s on s.round_id = r.id
where r.id in (
    select o.id from slomix.round o where o.session_id = any($1::text[])
    union
    select c.round_id from stats.round c where c.counted_session = any($1::text[])
)
order by r.ended_at, r.number, r.map collate "C", r.id
"""
PLAYERS = """
select p.round_id, p.player_id, p.guid, p.key, p.name, p.side, p.flags, p.time_played_s, p.kills, p.deaths,
    p.self_kills, p.team_kills, p.gibs, p.damage_given, p.damage_received, p.headshot_kills, p.revives_given,
    p.times_revived
from stats.player_round p
where p.round_id = any($1::text[])
order by p.key collate "C"
"""
MATCHES = """
select m.id as match_id, m.session_id, m.map, m.status, m.r1_round_id, m.r2_round_id,
    x.result, x.points_r1_attackers, x.points_r2_attackers, x.segment, x.attackers_r1, x.roster_changed, x.team_a,
    x.team_b, x.points_a, x.points_b, x.match_id is not null as stored
from slomix.match m
left join stats.match_result x on x.match_id = m.id
where m.session_id = any($1::text[])
order by m.ended_at, m.id
"""
# The ids of a round, its match and its session share their digits (slomix.identity.ids), and so do older ids of them.
DECISIONS = """
select d.kind, d.subject, d.value, coalesce(a.round_id, 'r' || substr(d.subject, 2, 16)) as round_id
from stats.decision d
left join slomix.round_alias a on a.id = 'r' || substr(d.subject, 2, 16)
where d.undone_at is null
    and substr(d.subject, 2, 16) = any(array(
        select substr(id, 2) from unnest($1::text[]) as id
        union all
        select substr(b.id, 2) from slomix.round_alias b where b.round_id = any($1::text[])
    ))
order by d.id
"""
MERGED = "select id, player_id from slomix.player_alias where id = any($1::text[])"
_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Loaded:
    """Sessions with what is stored of their derivation: rows of rounds and matches, by id."""

    sessions: tuple[SessionInput, ...]
    rounds: dict[str, Row]
    matches: dict[str, Row]


async def load(tx: Connection, session_ids: Sequence[str]) -> Loaded:
    """These sessions, as far as they exist, and those that rounds counted under them belong to now."""
    wanted = set(session_ids)
    rounds = await tx.fetch(ROUNDS, sorted(wanted))
    beyond = {row["session_id"] for row in rounds} - wanted
    if beyond:
        wanted |= beyond
        rounds = await tx.fetch(ROUNDS, sorted(wanted))
    players: defaultdict[str, list[PlayerInput]] = defaultdict(list)
    for row in await tx.fetch(PLAYERS, [row["round_id"] for row in rounds]):
        players[row["round_id"]].append(_player(row))
    matches = await tx.fetch(MATCHES, sorted(wanted))
    decisions = await _decisions(tx, rounds)
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rounds:
        found[row["session_id"]].append(row)
    sessions = tuple(
        SessionInput(
            session_id=session_id,
            server=played[0]["server"],
            rounds=tuple(_round(row, players[row["round_id"]]) for row in played),
            matches=tuple(_match(row) for row in matches if row["session_id"] == session_id),
            decisions=tuple(decisions.get(session_id, ())),
        )
        for session_id, played in sorted(found.items())
    )
    return Loaded(sessions, {row["round_id"]: row for row in rounds}, {row["match_id"]: row for row in matches})


async def _decisions(tx: Connection, rounds: Sequence[Row]) -> dict[str, list[Decision]]:
    """Decisions by session, each on the id that its subject has now."""
    by_id = {row["round_id"]: row for row in rounds}
    found: defaultdict[str, list[Decision]] = defaultdict(list)
    for row in await tx.fetch(DECISIONS, list(by_id)):
        played = by_id[row["round_id"]]
        subject = _now(row["subject"], played)
        found[played["session_id"]].append(Decision(kind=row["kind"], subject=subject, value=row["value"]))
    return await _of_today(tx, found)


async def _of_today(tx: Connection, found: dict[str, list[Decision]]) -> dict[str, list[Decision]]:
    """Line-ups name players by the ids that they had when somebody decided; some were merged into others since."""
    lists = [
        value for each in found.values() for one in each for value in one.value.values() if isinstance(value, list)
    ]
    old = [str(item) for value in lists for item in value]
    if not old:
        return found
    now = {row["id"]: row["player_id"] for row in await tx.fetch(MERGED, old)}

    def today(value: Any) -> Any:
        return [now.get(item, item) for item in value] if isinstance(value, list) else value

    return {
        session_id: [replace(one, value={name: today(value) for name, value in one.value.items()}) for one in each]
        for session_id, each in found.items()
    }


def _now(subject: str, played: Row) -> str:
    """The id that a subject has now, by the round whose digits it bears."""
    ids = {"r": played["round_id"], "m": played["match_id"], "s": played["session_id"]}
    return f"{ids[subject[0]]}{subject[1 + _DIGITS :]}"


def _round(row: Row, players: Sequence[PlayerInput]) -> RoundInput:
    return RoundInput(
        round_id=row["round_id"],
        match_id=row["match_id"],
        map=row["map"],
        number=row["number"],
        ended_at=row["ended_at"],
        seconds=row["seconds"],
        limit_s=row["limit_s"],
        target_s=row["target_s"],
        defender=row["defender"],
        outcome=row["outcome"],
        ended_early=row["ended_early"],
        aborted=row["aborted"],
        players=tuple(players),
        file=None if row["raw"] is None else unpack(row["raw"]),
    )


def _player(row: Row) -> PlayerInput:
    _, player_id, guid, key, name, side, flags, *numbers = row.values()
    return PlayerInput(
        player_id=player_id,
        guid=guid,
        key=key,
        name=name,
        side=side,
        is_bot="bot" in flags,
        flags=tuple(flags),
        **dict(zip(_NUMBERS, numbers, strict=True)),
    )


#: The numbers of a player that the derivation looks at, in the order of `PLAYERS`.
_NUMBERS = (
    "time_played_s", "kills", "deaths", "self_kills", "team_kills", "gibs", "damage_given", "damage_received",
    "headshot_kills", "revives_given", "times_revived",
)  # fmt: skip


def _match(row: Row) -> MatchInput:
    return MatchInput(
        match_id=row["match_id"], map=row["map"], status=row["status"], r1=row["r1_round_id"], r2=row["r2_round_id"]
    )
