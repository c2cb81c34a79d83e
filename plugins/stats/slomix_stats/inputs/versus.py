"""Who each block of a duel matrix is of, where the script wrote no header: the matrix is antisymmetric.

Whatever A did to B stands in A's block as (B, kills, deaths) and in B's block as (A, deaths, kills). A block ends
where a name repeats, where the kills rise (rows are sorted by them) or where the other team begins. A reading that
needs the fewest further ends counts; what two such readings say differently stays unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from slomix.nouns import Side
from slomix_stats.inputs.endstats import VersusBlock, VersusRow

#: How many ends beyond the certain and needed ones are tried, and how much is tried at most.
_MOST_FURTHER_ENDS = 2
_MOST_STEPS = 20_000
_MOST_READINGS = 8
#: Sixty-four players can not make more blocks or longer ones.
_MOST_BLOCKS = 64
_LONGEST_RUN = 64

_Rows = tuple[VersusRow, ...]
_Subjects = tuple[str | None, ...]


def with_subjects(blocks: Sequence[VersusBlock], sides: Mapping[str, Side] | None = None) -> list[VersusBlock]:
    """The blocks, with a subject where it can be told. `sides` are the players' sides by clean name, where known."""
    found: list[VersusBlock] = []
    for block in blocks:
        if block.subject is not None:
            found.append(block)
        else:
            split = _Matrix(block.rows, sides or {}).split()
            found.extend(VersusBlock(subject, None, list(rows)) for subject, rows in split)
    return found


class _TooMuchError(Exception):
    """More was tried than a genuine matrix needs."""


class _Matrix:
    """Rows of blocks without headers."""

    def __init__(self, rows: Sequence[VersusRow], sides: Mapping[str, Side]) -> None:
        self._sides = sides
        self._runs = _runs(rows, sides)
        self._left = _MOST_STEPS
        mirrors: dict[tuple[int, int], set[str]] = {}
        for row in rows:
            mirrors.setdefault((row.kills, row.deaths), set()).add(row.opponent)
        self._mirrors = mirrors

    def split(self) -> list[tuple[str | None, _Rows]]:
        """The blocks with their subjects."""
        if len(self._runs) > _MOST_BLOCKS or any(len(run) > _LONGEST_RUN for run in self._runs):
            return [(None, run) for run in self._runs]
        try:
            options = [self._splits(run) for run in self._runs]
            needed = sum(len(splits[0]) for splits in options if splits)
            for blocks in range(needed, needed + _MOST_FURTHER_ENDS + 1):
                readings = [
                    (reading, subjects)
                    for reading in _choose(options, blocks)
                    for subjects in self._assignments(reading)
                ]
                if readings:
                    return _agreed(readings)
        except _TooMuchError:
            pass
        return [(None, run) for run in self._runs]

    def _splits(self, run: _Rows) -> list[list[_Rows]]:
        """The ways to cut a run into blocks that can have a subject each, fewest blocks first."""
        found = sorted(self._cuts(run), key=len)
        fewest = len(found[0]) if found else 0
        return [split for split in found if len(split) <= fewest + _MOST_FURTHER_ENDS]

    def _cuts(self, run: _Rows) -> Iterator[list[_Rows]]:
        if not run:
            yield []
        for end in range(len(run), 0, -1):
            self._step()
            if self._candidates(run[:end]):
                yield from ([run[:end], *rest] for rest in self._cuts(run[end:]))

    def _candidates(self, block: _Rows) -> set[str]:
        """Who has a mirror image of each row somewhere, and stands against all of them."""
        found = set.intersection(*(self._mirrors.get((row.deaths, row.kills), set()) for row in block))
        found -= {row.opponent for row in block}
        against = self._sides.get(block[0].opponent)
        return {name for name in found if against is None or self._sides.get(name) != against}

    def _assignments(self, blocks: Sequence[_Rows]) -> list[_Subjects]:
        """Up to `_MOST_READINGS` ways to give each block a subject of its own, so that all mirror images fit."""
        candidates = [sorted(self._candidates(block)) for block in blocks]
        duels = [{row.opponent: (row.kills, row.deaths) for row in block} for block in blocks]
        order = sorted(range(len(blocks)), key=lambda at: len(candidates[at]))
        found: list[_Subjects] = []
        chosen: dict[int, str] = {}

        def search() -> None:
            if len(chosen) == len(blocks):
                found.append(tuple(chosen[at] for at in range(len(blocks))))
                return
            at = order[len(chosen)]
            for name in candidates[at]:
                self._step()
                if name not in chosen.values() and _fits(at, name, chosen, duels):
                    chosen[at] = name
                    search()
                    del chosen[at]
                if len(found) >= _MOST_READINGS:
                    return

        search()
        return found

    def _step(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise _TooMuchError


def _runs(rows: Sequence[VersusRow], sides: Mapping[str, Side]) -> list[_Rows]:
    """The rows, cut where a block ends for certain."""
    runs: list[list[VersusRow]] = []
    for row in rows:
        if runs and not _begins_a_block(row, runs[-1], sides):
            runs[-1].append(row)
        else:
            runs.append([row])
    return [tuple(run) for run in runs]


def _begins_a_block(row: VersusRow, run: Sequence[VersusRow], sides: Mapping[str, Side]) -> bool:
    """Whether a row can not go on the block before it."""
    last = run[-1]
    other_team = {sides.get(row.opponent), sides.get(last.opponent)} == {"axis", "allies"}
    return other_team or row.kills > last.kills or any(row.opponent == each.opponent for each in run)


def _choose(options: Sequence[Sequence[list[_Rows]]], blocks: int) -> Iterator[list[_Rows]]:
    """One split per run, so that there are so many blocks together."""
    if not options:
        if blocks == 0:
            yield []
        return
    needed = sum(len(splits[0]) for splits in options[1:] if splits)
    for split in options[0]:
        if len(split) + needed <= blocks:
            yield from ([*split, *rest] for rest in _choose(options[1:], blocks - len(split)))


def _fits(at: int, name: str, chosen: Mapping[int, str], duels: Sequence[Mapping[str, tuple[int, int]]]) -> bool:
    """Whether a block of this subject agrees with all blocks whose subject is chosen already."""
    for other, subject in chosen.items():
        ours, theirs = duels[at].get(subject), duels[other].get(name)
        if (None if ours is None else ours[::-1]) != theirs:
            return False
    return True


def _agreed(readings: Sequence[tuple[list[_Rows], _Subjects]]) -> list[tuple[str | None, _Rows]]:
    """What all readings say; nothing where they cut differently, or where there may be more than were looked at."""
    blocks, first = readings[0]
    certain = len(readings) < _MOST_READINGS and all(other == blocks for other, _ in readings)
    return [
        (subject if certain and all(other[at] == subject for _, other in readings) else None, block)
        for at, (subject, block) in enumerate(zip(first, blocks, strict=True))
    ]
