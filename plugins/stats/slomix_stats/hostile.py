"""Damaged files of every kind, and what no parser may let through: for tests and the benchmark of mutations."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Any

import msgspec

from slomix.contrib import Parser
from slomix.errors import BadArtifact, EmptyArtifact
from slomix.testing.contract.mutations import DAMAGES, ODD_NUMBERS
from slomix_stats.differential import PlayerRound, derive
from slomix_stats.inputs.endstats import Endstats
from slomix_stats.inputs.report import RoundReport
from slomix_stats.inputs.versus import with_subjects
from slomix_stats.record import StatsFile
from slomix_stats.scoring import judge
from slomix_stats.simulate.companions import companions
from slomix_stats.simulate.evening import begin_of_evening, play
from slomix_stats.simulate.feed import FIRST_EVENING
from slomix_stats.simulate.people import community
from slomix_stats.simulate.posted import posted
from slomix_stats.simulate.statsfile import file_name, render

_ROUNDS = 4
_HEAD = 4096
_DAY_S = 24 * 3600
_OVER_LIMIT_S = 15
_DIGITS = re.compile(rb"-?\d+(?:\.\d+)?")
#: The engine takes knife attempts back.
_SHOTS, _KNIVES = 1, (0, 1)


def samples(seed: int = 9) -> dict[str, bytes]:
    """Genuine files of every kind that stats reads, by name: some rounds of an evening."""
    found: dict[str, bytes] = {}
    evening = play(seed, 0, community(seed), begin_of_evening(seed, 0, FIRST_EVENING))
    for played, _ in zip(evening, range(_ROUNDS), strict=False):
        truth, beats = played.truth(), played.half.beats
        found[file_name(truth)] = render(truth, played.lines)
        beside = companions(truth, played.lines, beats)
        found.update(beside)
        found[f"{truth.map}-R{truth.number}.json"] = json.dumps(json.loads(beside[1].data)["payload"]).encode()
        found.update([posted(truth, played.lines, beats, 1), posted(truth, played.lines, beats[:20], 2)])
    return found


def damaged(files: Mapping[str, bytes], count: int, seed: int = 1) -> Iterator[tuple[str, bytes]]:
    """Damaged copies, the same ones each time: bytes, lines and numbers; every tenth has a damaged name."""
    dice, kinds = Random(seed), sorted(files.items())
    for at in range(count):
        name, data = kinds[at % len(kinds)]
        if at % 10 == 9:
            place = dice.randrange(len(name))
            name = name[:place] + dice.choice("x\0 é/-9") + name[place + dice.randrange(3) :]
        for _ in range(dice.choice((1, 1, 1, 2, 4))):
            data = dice.choice(_ALL)(data, dice) if data else data
        yield name, data


def _other_number(data: bytes, dice: Random) -> bytes:
    """Another number where one stands, so that the rest is as it was."""
    places = [found.span() for found in _DIGITS.finditer(data)]
    if not places:
        return data
    start, end = dice.choice(places)
    new = dice.choice((*ODD_NUMBERS, b"-7", b"1e9", b"4294967296", b"0.5", str(dice.randrange(10**6)).encode()))
    return data[:start] + new + data[end:]


_ALL: tuple[Callable[[bytes, Random], bytes], ...] = (*DAMAGES, *[_other_number] * len(DAMAGES))


def read(parsers: list[Parser], name: str, data: bytes) -> tuple[Parser, Any] | None:
    """What the surest parser makes of a file; None where nobody reads it or it is refused, as it may be."""
    parser = max(parsers, key=lambda each: each.sniff(name, data[:_HEAD]))
    if parser.sniff(name, data[:_HEAD]) == 0:
        return None
    plain = data.replace(b"\r\n", b"\n") if parser.text else data
    try:
        record = parser.parse(name, plain)
    except (BadArtifact, EmptyArtifact):
        return None
    parser.sighting(record)
    return parser, record


def impossible(record: Any) -> list[str]:
    """What of a record no round can have been like, in words; also in what is derived from it alone."""
    msgspec.msgpack.encode(record)
    if isinstance(record, StatsFile):
        return [*_impossible_file(record)]
    if isinstance(record, Endstats):
        return [*_impossible_endstats(record)]
    return [*_impossible_report(record)]


def _impossible_file(file: StatsFile) -> Iterator[str]:
    for status in ("open", "aborted"):
        rows = derive(file, None, status)
        result = judge(file, rows, status)
        if not 0 < result.seconds <= file.limit_s + _OVER_LIMIT_S:
            yield f"{result.seconds} s of {file.limit_s}"
        for row in rows:
            yield from _impossible_row(row)
    # A round against itself: nothing happened in the second one, and nothing may be negative.
    for row in derive(msgspec.structs.replace(file, number=2), file, "complete"):
        yield from _impossible_row(row)


def _impossible_row(row: PlayerRound) -> Iterator[str]:
    negative = [field for field, value in enumerate(row.values) if field != 9 and value is not None and value < 0]
    if negative:
        yield f"negative fields {negative}"
    if not 0 <= row.alive_s <= row.time_played_s <= _DAY_S:
        yield f"{row.alive_s} s alive of {row.time_played_s}"
    for place, slot in enumerate(row.slots):
        numbers = row.weapons[5 * place : 5 * place + 5]
        if any(number < 0 for at, number in enumerate(numbers) if at != _SHOTS or slot not in _KNIVES):
            yield f"weapon {slot}: {numbers}"
    if "\0" in row.who.name_raw:
        yield "a NUL in a name"


def _impossible_endstats(record: Endstats) -> Iterator[str]:
    yield from (f"{each.award}: {each.value}" for each in record.awards if each.value is not None and each.value < 0)
    for block in with_subjects(record.blocks):
        yield from (f"{row.kills} : {row.deaths}" for row in block.rows if row.kills < 0 or row.deaths < 0)


def _impossible_report(report: RoundReport) -> Iterator[str]:
    times = [report.seconds, report.limit_s, report.warmup_s, report.pause_s]
    for each in report.people:
        times += [each.dead_s, each.avg_respawn_s, each.max_respawn_s]
        if any(count is not None and count < 0 for count in (each.spawns, each.deaths)):
            yield f"spawns {each.spawns}, deaths {each.deaths}"
    yield from (f"{seconds} s" for seconds in times if seconds is not None and not 0 <= seconds <= _DAY_S)
    if report.started_at is not None and report.started_at >= report.ended_at:
        yield "it ends before it starts"
