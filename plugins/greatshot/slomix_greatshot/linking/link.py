"""Finds the round of stats of each round of a demo, and who its players are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from slomix.names import clean_name
from slomix_greatshot.api import DemoChanged
from slomix_greatshot.linking.match import Filmed, Judged, Played, best
from slomix_greatshot.posts import NIGHT_POST

if TYPE_CHECKING:
    from slomix.context import PluginContext
    from slomix.storage.database import Connection

WINNERS = {1: "axis", 2: "allies"}
#: The game's clocks and what people call their files may be a day apart.
_AROUND = timedelta(hours=26)
_CANDIDATES = 60

_DEMO = (
    "select map, recorded_at, uploaded_at, first_ms from greatshot.demo where id = $1 and state in ('ready', 'partial')"
)
_ROUNDS = "select * from greatshot.demo_round where demo_id = $1 and round_id is null order by number"
_PLAYERS = "select number, name, team, kills, deaths from greatshot.demo_player where demo_id = $1 order by number"
_KILLS = """
select round, attacker, count(*) as kills from greatshot.death
where demo_id = $1 and kind = 'kill' and attacker is not null group by round, attacker
"""
_PLAYED = """
select r.id, r.number, r.ended_at, r.winner, r.session_id, array_agg(p.key order by p.key) as keys,
    array_agg(p.player_id order by p.key) as players, array_agg(p.name_raw order by p.key) as names
from slomix.round r join slomix.round_player p on p.round_id = r.id
where lower(r.map) = $1 and r.ended_at between $2 and $3 and p.side in ('axis', 'allies')
group by r.id order by r.ended_at desc limit $4
"""
_LINK = (
    "update greatshot.demo_round set round_id = $3, confidence = $4, evidence = $5 where demo_id = $1 and number = $2"
)
_WHO = """
update greatshot.demo_player set key = $3, player_id = $4 where demo_id = $1 and lower(name) = lower($2) and key is null
"""
_WAITING = """
select distinct d.id from greatshot.demo d join greatshot.demo_round r on r.demo_id = d.id
where d.map = $1 and r.round_id is null and d.state in ('ready', 'partial') order by d.id limit 200
"""


async def waiting_for(tx: Connection, map_name: str) -> list[str]:
    """Demos with a round on this map that is no round of stats yet."""
    return [row["id"] for row in await tx.fetch(_WAITING, map_name.lower())]


async def link(ctx: PluginContext, demo_id: str) -> int:
    """Link what can be linked; answers how many rounds that were."""
    demo = await ctx.db.fetchrow(_DEMO, demo_id)
    if demo is None or not demo["map"]:
        return 0
    open_rounds = await ctx.db.fetch(_ROUNDS, demo_id)
    rows = await _played(ctx, demo) if open_rounds else []
    if not rows:
        return 0
    candidates = await _candidates(ctx, rows)
    players = await ctx.db.fetch(_PLAYERS, demo_id)
    kills = await ctx.db.fetch(_KILLS, demo_id)
    found: list[tuple[Any, Judged]] = []
    for each in open_rounds:
        judged = best(_filmed(demo, each, players, kills), candidates)
        if judged is not None:
            found.append((each, judged))
    if found:
        async with ctx.db.transaction() as tx:
            await _write(ctx, tx, demo_id, found, {row["id"]: row for row in rows})
    return len(found)


async def _played(ctx: PluginContext, demo: Any) -> Sequence[Any]:
    around: datetime = demo["recorded_at"] or demo["uploaded_at"]
    since = around - (_AROUND if demo["recorded_at"] else timedelta(days=60))
    return await ctx.db.fetch(_PLAYED, demo["map"], since, around + _AROUND, _CANDIDATES)


async def _candidates(ctx: PluginContext, rows: Sequence[Any]) -> list[Played]:
    return [await _candidate(ctx, row) for row in rows]


async def _candidate(ctx: PluginContext, row: Any) -> Played:
    """With the numbers of stats, where that runs."""
    seconds: float | None = None
    numbers: dict[str, int] = {}
    detail = await _detail(ctx, row["id"])
    if detail is not None:
        seconds = detail.round.seconds
        numbers = {line.player_id: line.kills for line in detail.players}
    kills = {_called(name): numbers.get(player) for name, player in zip(row["names"], row["players"], strict=True)}
    return Played(
        round_id=row["id"],
        kills=kills,
        ended_at=row["ended_at"],
        seconds=seconds,
        number=row["number"],
        winner=row["winner"],
    )


async def _detail(ctx: PluginContext, round_id: str) -> Any:
    try:
        from slomix_stats.api import StatsReaderV1
    except ImportError:
        return None
    reader = ctx.services.find(StatsReaderV1)  # type: ignore[type-abstract]
    return None if reader is None else await reader.round(round_id)


def _filmed(demo: Any, row: Any, players: Sequence[Any], kills: Sequence[Any]) -> Filmed:
    number = row["number"] or None
    made = Counter({each["attacker"]: each["kills"] for each in kills if each["round"] == number})
    fielded = [each for each in players if each["team"] in WINNERS or each["kills"] or each["deaths"]]
    whole = row["end_ms"] is not None and not row["partial"]
    began = None
    if demo["recorded_at"] is not None:
        began = demo["recorded_at"] + timedelta(milliseconds=row["start_ms"] - demo["first_ms"])
    return Filmed(
        kills={_called(each["name"]): made[each["number"]] for each in fielded},
        started_at=began,
        seconds=(row["end_ms"] - row["start_ms"]) / 1000 if whole else None,
        number=row["stopwatch"],
        winner=WINNERS.get(row["winner"]),
    )


async def _write(
    ctx: PluginContext, tx: Connection, demo_id: str, found: Sequence[tuple[Any, Judged]], rows: dict[str, Any]
) -> None:
    for each, judged in found:
        await tx.execute(_LINK, demo_id, each["number"], judged.round_id, judged.confidence, list(judged.evidence))
        row = rows[judged.round_id]
        who = zip(row["names"], row["keys"], row["players"], strict=True)
        await tx.executemany(_WHO, [(demo_id, clean_name(name), key, player) for name, key, player in who])
        if ctx.settings.night_post and ctx.clock.now() - row["ended_at"] < timedelta(days=2):
            await ctx.posts.request(tx, NIGHT_POST, row["session_id"])
    await ctx.events.signal(tx, DemoChanged(demo_id=demo_id, state="linked"))


def _called(raw: str) -> str:
    return clean_name(raw).casefold()
