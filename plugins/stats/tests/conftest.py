"""Builds stats files line by line, for tests that need a file no server has written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

#: Fields of the longest layout that are written with one decimal.
DECIMALS = {8, 21, 22, 23, 24, 25, 26}


@dataclass
class Line:
    """One player line. `fields` sets extended fields by number, `weapons` five numbers by slot."""

    guid: str = "8C49608C"
    name: str = "^1frag^7ger"
    counter: int = 0
    team: int = 1
    weapons: dict[int, Sequence[int]] = field(default_factory=lambda: {4: (30, 90, 5, 3, 6)})
    fields: dict[int, float] = field(default_factory=dict)
    count: int = 38

    def __str__(self) -> str:
        mask = sum(1 << slot for slot in self.weapons)
        numbers = "".join(f" {number}" for slot in sorted(self.weapons) for number in self.weapons[slot])
        places = [*range(28), *range(29, 34)] if self.count == 33 else range(self.count)
        values = {0: 1200, 1: 900, 8: 75.0, 9: 40, 22: 10.0, **self.fields}
        cells = [f"{values.get(at, 0):.1f}" if at in DECIMALS else str(values.get(at, 0)) for at in places]
        return f"{self.guid}\\{self.name}\\{self.counter}\\{self.team}\\{mask}{numbers} \t" + "\t".join(cells)


@dataclass
class File:
    """A stats file; `header` replaces the whole header."""

    lines: Sequence[Line | str] = field(default_factory=lambda: [Line()])
    map: str = "supply"
    number: int = 1
    defender: str = "1"
    winner: str = "2"
    limit: str = "12:00"
    target: str = "10:00"
    tail: tuple[str, ...] = ()
    host: str = "^1Slo^7mix"
    when: str = "2025-10-02-211808"
    header: str | None = None

    @property
    def name(self) -> str:
        return f"{self.when}-{self.map}-round-{self.number}.txt"

    @property
    def data(self) -> bytes:
        parts = (self.host, self.map, "legacy3", str(self.number), self.defender, self.winner, self.limit, self.target)
        header = self.header if self.header is not None else "\\".join((*parts, *self.tail))
        return "".join(f"{line}\n" for line in (header, *self.lines)).encode()


@pytest.fixture
def line() -> type[Line]:
    """Builds a player line: `str(line(guid="…", fields={0: 12}))`."""
    return Line


@pytest.fixture
def file() -> Callable[..., File]:
    """Builds a file: `file([line()], number=2)` has `name` and `data`."""
    return File
