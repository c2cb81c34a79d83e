"""What a scan found, as rows; a demo that is read anew loses its old ones first."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from slomix.names import clean_name
from slomix_greatshot.api import DemoScanned, HighlightFound
from slomix_greatshot.highlights import TITLES, Highlight

if TYPE_CHECKING:
    from slomix.context import PluginContext
    from slomix.storage.database import Connection
    from slomix_greatshot.demo import Demo

#: What is kept of one demo, whatever the file holds.
MOST_DEATHS, MOST_LINES, MOST_WARNINGS = 20_000, 5_000, 20
LONGEST_WORDS, LONGEST_NAME, LONGEST_FACT = 300, 64, 128
#: Of one demo, the best ones.
MOST_TOLD = 20
_MOST_NUMBER = 2**53

_CLEAR = (
    "delete from greatshot.demo_round where demo_id = $1",
    "delete from greatshot.demo_player where demo_id = $1",
    "delete from greatshot.death where demo_id = $1",
    "delete from greatshot.chat where demo_id = $1",
    "delete from greatshot.highlight where demo_id = $1",
)
_DEMO = """
update greatshot.demo set state = $2, reason = null, warnings = $3, scanned_at = $4, server = $5, map = $6,
    version = $7, protocol = $8, broadcast = $9, viewer = $10, snapshots = $11, first_ms = $12,
    last_ms = $13, reader = $14
where id = $1
"""
_ROUND = """
insert into greatshot.demo_round (demo_id, number, start_ms, end_ms, winner, stopwatch, partial)
values ($1, $2, $3, $4, $5, $6, $7)
"""
_PLAYER = """
insert into greatshot.demo_player (demo_id, number, slot, name_raw, name, team, bot, kills, deaths, headshots,
    headshots_unknown, team_kills, self_kills, hits_seen, head_hits_seen, revives, damage_given)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
"""
_DEATH = """
insert into greatshot.death (demo_id, number, time_ms, attacker, victim, means, kind, headshot, phase, round)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
_CHAT = "insert into greatshot.chat (demo_id, number, time_ms, player, channel, words) values ($1, $2, $3, $4, $5, $6)"
_HIGHLIGHT = """
insert into greatshot.highlight (id, demo_id, rank, kind, player, round, start_ms, end_ms, clock_ms, kills, headshots,
    score, sentence, in_view, detail)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
"""


async def write(ctx: PluginContext, tx: Connection, demo_id: str, demo: Demo, found: Sequence[Highlight]) -> None:
    """Everything of one scan, and the events of it."""
    for statement in _CLEAR:
        await tx.execute(statement, demo_id)
    state = "partial" if demo.warnings else "ready"
    await tx.execute(_DEMO, demo_id, state, *_facts(ctx, demo))
    await tx.executemany(_ROUND, [(demo_id, *row) for row in _rounds(demo)])
    await tx.executemany(_PLAYER, [(demo_id, *row) for row in _players(demo)])
    await tx.executemany(_DEATH, [(demo_id, *row) for row in _deaths(demo)])
    await tx.executemany(_CHAT, [(demo_id, *row) for row in _lines(demo)])
    rows = [(secrets.token_hex(6), demo_id, rank, *_moment(each)) for rank, each in enumerate(found, start=1)]
    await tx.executemany(_HIGHLIGHT, rows)
    began = demo.began
    told = DemoScanned(demo_id=demo_id, state=state, map=_short(began.map) if began else None, highlights=len(found))
    await ctx.events.publish(tx, told, *_told(demo_id, rows, found))


def _told(demo_id: str, rows: Sequence[tuple[Any, ...]], found: Sequence[Highlight]) -> Iterable[HighlightFound]:
    for row, each in zip(rows[:MOST_TOLD], found, strict=False):
        yield HighlightFound(
            highlight_id=row[0], demo_id=demo_id, kind=each.kind, title=TITLES[each.kind], score=each.score
        )


def _facts(ctx: PluginContext, demo: Demo) -> tuple[Any, ...]:
    began = demo.began
    warnings = [_short(text) for text in demo.warnings[:MOST_WARNINGS]]
    facts = (_short(began.server), _short(began.map).lower(), _short(began.version)) if began else (None, None, None)
    return (
        warnings,
        ctx.clock.now(),
        *facts,
        _held(began.protocol) % 1000 if began else None,
        began.broadcast if began else False,
        began.viewer_slot if began and 0 <= began.viewer_slot < 64 else None,
        demo.snapshots,
        _held(demo.first_ms),
        _held(demo.last_ms),
        demo.reader,
    )


def _rounds(demo: Demo) -> Iterable[tuple[Any, ...]]:
    for each in demo.rounds:
        stopwatch = each.stopwatch if each.stopwatch in {1, 2} else 1
        yield (
            each.number,
            _held(each.start_ms),
            None if each.end_ms is None else _held(each.end_ms),
            each.winner,
            stopwatch,
            each.partial,
        )
    if not demo.rounds:
        yield 0, _held(demo.first_ms), None, 0, 1, True


def _players(demo: Demo) -> Iterable[tuple[Any, ...]]:
    numbers = {each.player: each for each in demo.numbers}
    for index, player in enumerate(demo.players):
        own = numbers.get(index)
        told, seen = (own.obituaries, own.bullets) if own else (None, None)
        name = player.name[:LONGEST_NAME]
        yield (
            index,
            player.slot,
            name,
            clean_name(name) or "unnamed",
            player.team if player.team in {1, 2, 3} else 0,
            player.bot,
            told.kills if told else 0,
            told.deaths if told else 0,
            told.headshots if told else 0,
            told.headshots_unknown if told else 0,
            told.team_kills if told else 0,
            told.self_kills if told else 0,
            seen.hits if seen else 0,
            seen.head_hits if seen else 0,
            seen.revives if seen else 0,
            _held(own.server.damage_given) if own and own.server and own.server.damage_given is not None else None,
        )


def _deaths(demo: Demo) -> Iterable[tuple[Any, ...]]:
    for number, each in enumerate(demo.obituaries[:MOST_DEATHS]):
        yield (
            number,
            _held(each.time_ms),
            each.attacker,
            each.victim,
            each.mod_name,
            each.kind,
            each.headshot,
            each.phase if -1 <= each.phase <= 9 else -1,
            each.round,
        )


def _lines(demo: Demo) -> Iterable[tuple[Any, ...]]:
    """What people wrote; voice lines and the server's own are noise."""
    holders: dict[int, list[int]] = {}
    for index, player in enumerate(demo.players):
        holders.setdefault(player.slot, []).append(index)
    lines = [each for each in demo.chat if each.slot is not None and each.channel in {"all", "team", "fireteam"}]
    for number, each in enumerate(lines[:MOST_LINES]):
        held = [index for index in holders.get(each.slot or 0, ()) if demo.players[index].first_ms <= each.time_ms]
        words = clean_name(each.text)[:LONGEST_WORDS]
        if words:
            yield number, _held(each.time_ms), held[-1] if held else None, each.channel, words


def _moment(each: Highlight) -> tuple[Any, ...]:
    detail = {
        "steps": [
            {
                "time_ms": _held(step.time_ms),
                "player": step.player,
                "weapon": step.weapon,
                "headshot": step.headshot,
                "gap_ms": _held(step.gap_ms),
            }
            for step in each.steps
        ],
        "fastest_gap_ms": each.fastest_gap_ms,
        "average_gap_ms": each.average_gap_ms,
        "own": msgspec.to_builtins(each.own),
    }
    times = (_held(each.start_ms), _held(each.end_ms), _held(each.clock_ms))
    counts = (each.kills, each.headshots, each.score, each.sentence, each.in_view)
    return each.kind, each.player, each.round, *times, *counts, detail


def _short(text: str) -> str:
    return text[:LONGEST_FACT]


def _held(value: int) -> int:
    """A number that the database can hold: files hold any."""
    return max(-_MOST_NUMBER, min(_MOST_NUMBER, value))
