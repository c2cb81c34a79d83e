"""Records, personal bests, achievements, weapons."""

# ruff: noqa: S608 - SQL is put together from this package's constants; every value is a parameter

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from slomix.context import Reads
from slomix_stats.api.boards import Record, RecordBook, RecordRow, WeaponHolder, Weapons, WeaponUse
from slomix_stats.api.people import Achievements, PersonalBest, Reached
from slomix_stats.api.reader import SessionLine
from slomix_stats.api.scope import Who
from slomix_stats.insight.lookup import whos
from slomix_stats.insight.sums import who_of
from slomix_stats.metrics.bests import BESTS, PERSONAL, ROUND, Best
from slomix_stats.metrics.catalogue import find_metric
from slomix_stats.metrics.ladders import COLUMNS, milestone, progress
from slomix_stats.reader.lines import weapon_line

Row = Mapping[str, Any]

RULE = "only rounds that count: no bots, not aborted, not replayed, at least 30 s; a player once per map"

_WHO = """b.player_id, pl.display as name, pl.display_raw as name_raw,
    coalesce((select g.guid from slomix.player_guid g where g.player_id = pl.id order by g.key limit 1), '') as guid"""
_RECORDS = f"""
select w.over, w.metric, b.rank, b.value, b.map, b.ended_at, b.session_id, b.match_id, b.round_id, {_WHO}
from unnest($1::text[], $2::text[]) as w (over, metric)
cross join lateral (
    select f.*, rank() over (order by f.value desc) as rank
    from (
        select * from stats.best b
        where b.over = w.over and b.metric = w.metric {{map}}
        order by b.value desc, b.ended_at, b.player_id
        limit $3
    ) f
) b
join slomix.player pl on pl.id = b.player_id
where $4::text is null or b.player_id = $4
"""
_ALL_RECORDS = _RECORDS.format(map="")
_MAP_RECORDS = _RECORDS.format(map="and b.map = $5")

_NEW_BESTS = """
select b.player_id, b.metric, b.value, b.round_id, b.map, b.ended_at
from stats.best b
where b.session_id = $1 and b.over = 'round' and b.metric = any($2::text[])
    and not exists (
        select from stats.best o
        where o.player_id = b.player_id and o.over = 'round' and o.metric = b.metric
            and (o.value > b.value or (o.value = b.value and (o.ended_at, o.map) < (b.ended_at, b.map)))
    )
"""


def _values(names: Sequence[str]) -> str:
    return ", ".join(f"max(({best.sql})::float8) as {best.metric}" for best in ROUND if best.metric in names)


_BEFORE = f"""
select p.player_id, {_values(PERSONAL)}
from stats.player_round p
join stats.round s on s.round_id = p.round_id and s.valid
join slomix.round r on r.id = p.round_id
where p.player_id = any($1::text[]) and s.counted_session <> $2 and r.ended_at < $3
group by p.player_id
"""

_REACHED = "select * from stats.achievement where player_id = $1 order by reached_at desc, ladder, threshold desc"
_REACHED_IN = "select * from stats.achievement where session_id = $1 order by reached_at, ladder, threshold"
_TOTAL = f"select rounds, {', '.join(COLUMNS)} from stats.player_total where player_id = $1"

_WEAPONS = """
select w.slot, w.kills, w.deaths, w.hits, w.shots, w.headshot_hits, w.player_id from stats.player_weapon w
"""


async def records(db: Reads, map_name: str | None, limit: int, player_id: str | None = None) -> RecordBook:
    """Every record with its first places, of one map or of all; of a player only those that are theirs."""
    overs, metrics = [best.over for best in BESTS], [best.metric for best in BESTS]
    if map_name is None:
        rows = await db.fetch(_ALL_RECORDS, overs, metrics, limit, player_id)
    else:
        rows = await db.fetch(_MAP_RECORDS, overs, metrics, limit, player_id, map_name)
    found: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        found[row["over"], row["metric"]].append(row)
    return RecordBook(
        map=map_name,
        records=tuple(_record(best, found[best.over, best.metric]) for best in BESTS if found[best.over, best.metric]),
    )


def _record(best: Best, rows: Sequence[Row]) -> Record:
    ordered = sorted(rows, key=lambda row: (-row["value"], row["ended_at"], row["player_id"]))
    return Record(
        metric=find_metric(best.metric).info,
        over=best.over,
        rule=f"{best.rule}; {RULE}" if best.rule else RULE,
        rows=tuple(
            RecordRow(
                rank=row["rank"],
                who=who_of(row),
                value=row["value"],
                map=row["map"],
                at=row["ended_at"],
                session_id=row["session_id"],
                match_id=row["match_id"],
                round_id=row["round_id"],
            )
            for row in ordered
        ),
    )


async def personal_bests(db: Reads, session: SessionLine) -> tuple[PersonalBest, ...]:
    """Bests that fell in a session, of those who had played before; the largest gain first."""
    rows = await db.fetch(_NEW_BESTS, session.session_id, list(PERSONAL))
    ids = sorted({row["player_id"] for row in rows})
    before = {row["player_id"]: row for row in await db.fetch(_BEFORE, ids, session.session_id, session.started_at)}
    names = await whos(db, ids)
    found = []
    for row in rows:
        earlier = before.get(row["player_id"])
        least = None if earlier is None else earlier[row["metric"]]
        if least is None or least <= 0 or row["value"] <= round(least, 4):
            continue
        found.append(
            PersonalBest(
                who=names[row["player_id"]],
                metric=row["metric"],
                value=row["value"],
                before=round(least, 4),
                round_id=row["round_id"],
                map=row["map"],
                at=row["ended_at"],
            )
        )
    return tuple(sorted(found, key=lambda each: (-each.value / (each.before or 1), each.who.player_id, each.metric)))


async def achievements(db: Reads, who: Who) -> Achievements:
    """What a player reached, and the way to what is next."""
    had = [step for row in await db.fetch(_REACHED, who.player_id) if (step := _reached(row, who)) is not None]
    kept = [each.milestone for each in had]
    total = await db.fetchrow(_TOTAL, who.player_id)
    ladders = progress({} if total is None else dict(total), kept)
    return Achievements(
        who=who,
        reached=tuple(had),
        progress=tuple(ladders),
        badges=tuple(each.reached for each in ladders if each.reached is not None),
    )


async def reached(db: Reads, session_id: str) -> tuple[Reached, ...]:
    """Steps that were reached in a session, in the order of time."""
    rows = await db.fetch(_REACHED_IN, session_id)
    names = await whos(db, [row["player_id"] for row in rows])
    return tuple(step for row in rows if (step := _reached(row, names[row["player_id"]])) is not None)


def _reached(row: Row, who: Who) -> Reached | None:
    step = milestone(row["ladder"], row["threshold"])
    if step is None:
        return None
    return Reached(
        who=who,
        milestone=step,
        reached_at=row["reached_at"],
        round_id=row["round_id"],
        session_id=row["session_id"],
    )


async def weapons(db: Reads, limit: int) -> Weapons:
    """Every weapon that somebody killed with or was killed by, most kills first."""
    by_slot: defaultdict[int, list[Row]] = defaultdict(list)
    rows = await db.fetch(_WEAPONS)
    for row in rows:
        by_slot[row["slot"]].append(row)
    best = {
        slot: sorted((row for row in used if row["kills"]), key=lambda row: (-row["kills"], row["player_id"]))[:limit]
        for slot, used in by_slot.items()
    }
    names = await whos(db, [row["player_id"] for rows in best.values() for row in rows])
    everything = sum(row["kills"] for row in rows)
    found = []
    for slot, used in by_slot.items():
        line = weapon_line({"slot": slot, **{name: sum(row[name] for row in used) for name in _WEAPON_SUMS}})
        found.append(
            WeaponUse(
                line=line,
                players=sum(row["kills"] > 0 for row in used),
                share_percent=round(100 * line.kills / everything, 2) if everything else 0.0,
                best=tuple(
                    WeaponHolder(weapon=line.weapon, who=names[row["player_id"]], line=weapon_line(row))
                    for row in best[slot]
                ),
            )
        )
    return Weapons(weapons=tuple(sorted(found, key=lambda use: (-use.line.kills, use.line.weapon))))


_WEAPON_SUMS = ("kills", "deaths", "hits", "shots", "headshot_hits")
