"""The simulated files obey the grammar of the real script, and the parser reads every one of them."""

from __future__ import annotations

import re

import pytest

from slomix_stats.parser import parse
from slomix_stats.simulate import Layout, SimulatedRound, play_evening

LINE = re.compile(
    rb"[0-9A-F]{8}\\[^\\\t]+\\[012]\\[123]\\[1-9]\d*(?: \d+){5,} "
    rb"(?:\t\d+){8}\t\d+\.\d(?:\t\d+){12}\t0\.0\t\d+\.\d\t\d+\.\d\t\d+\.\d\t\d+\.\d\t\d+\.\d(?:\t\d+){11}"
)
HEADER = re.compile(
    rb"\^3Slo\^7mix \^1#1 \^7stopwatch\\(\w+)\\legacy[36]\\([12])\\1\\[12]\\\d+:[0-5]\d\\\d+:[0-5]\d\\\d+"
)


@pytest.fixture(scope="module")
def rounds() -> list[SimulatedRound]:
    return [item for evening in range(12) for item in play_evening(seed=5, evening=evening)]


def test_every_byte_is_the_scripts_grammar(rounds: list[SimulatedRound]) -> None:
    for name, data, truth in rounds:
        assert data.endswith(b"\n")
        assert b"\r" not in data
        header, *lines = data[:-1].split(b"\n")
        found = HEADER.fullmatch(header)
        assert found, header
        assert name.endswith(f"-{found[1].decode()}-round-{found[2].decode()}.txt")
        assert len(lines) >= len(truth.players)
        for line in lines:
            assert LINE.fullmatch(line), line
            head, _, fields = line.partition(b" \t")
            mask, *numbers = map(int, head.rpartition(b"\\")[2].split())
            assert len(numbers) == 5 * mask.bit_count()
            assert int(fields.split(b"\t")[20]) == sum(numbers[1::5])
            slots = [numbers[at : at + 5] for at in range(0, len(numbers), 5)]
            assert all(any(slot[:4]) for slot in slots)


def test_the_parser_reads_every_file(rounds: list[SimulatedRound]) -> None:
    for name, data, truth in rounds:
        file = parse(name, data)
        assert (file.map, file.number, file.layout) == (truth.map, truth.number, 38)
        assert (file.limit_s, file.target_s) == (truth.limit_s, truth.target_s)
        assert file.measured_s == pytest.approx(truth.seconds, abs=0.001)
        assert file.host == "Slomix #1 stopwatch"
        assert file.ended_local == truth.ended_at.replace(tzinfo=None)


def test_lines_come_in_no_order(rounds: list[SimulatedRound]) -> None:
    orders = {tuple(line[:8] for line in data.split(b"\n")[1:-1]) for _, data, _ in rounds[:2]}
    sides = [line.rsplit(b"\\", 2)[1] for line in rounds[0].data.split(b"\n")[1:-1]]
    assert len(orders) == 2
    assert sides != sorted(sides)


@pytest.mark.parametrize(("fields", "revives", "denied"), [(33, None, None), (36, None, 28), (37, None, 28)])
def test_older_scripts_write_fewer_fields(fields: int, revives: int | None, denied: int | None) -> None:
    new = play_evening(seed=2)
    old = play_evening(seed=2, layout=Layout(header=8, fields=fields))
    for (name, data, truth), current in zip(old, new, strict=True):
        file, whole = parse(name, data), parse(name, current.data)
        assert (file.header_fields, file.layout, file.measured_s) == (8, fields, None)
        assert [p.weapons for p in file.players] == [p.weapons for p in whole.players]
        for player, other in zip(file.players, whole.players, strict=True):
            assert player.values[37] is revives
            assert player.values[28] == (None if denied is None else other.values[denied])
            assert player.values[29:34] == other.values[29:34]
        assert truth == current.truth
