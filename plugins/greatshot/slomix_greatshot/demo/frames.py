"""Snapshots themselves, one after another: for checking, cutting and looking closely."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from slomix_greatshot.demo.decoder import Decoder
from slomix_greatshot.demo.reader import DemoReader


class Snapshot(msgspec.Struct, frozen=True):
    """The checksum is CRC-32 over everything that is in it, see `Decoder.crc`."""

    i: int
    time: int
    crc: int


class Frame(msgspec.Struct, frozen=True):
    """A snapshot with all its numbers, as they are on the wire (see `tables` for their order).

    `others` are the states of all players by client, where a relay recorded.
    """

    time: int
    sequence: int
    player: list[int]
    entities: list[tuple[int, list[int]]]
    others: dict[int, list[int]]


def _steps(reader: DemoReader) -> Iterator[Decoder]:
    """The decoder after each snapshot that it accepted."""
    reader.single_steps()
    count = 0
    for _ in reader.batches():
        told = reader.counters["snapshots"]
        if told > count:
            count = told
            yield reader.decoder


def snapshots(file: Path | str, *, old_protocol: bool = False) -> Iterator[Snapshot]:
    """Number, server time and checksum of each. Raises `NotADemo` at the end where there was none."""
    for index, decoder in enumerate(_steps(DemoReader(file, old_protocol=old_protocol))):
        yield Snapshot(index, decoder.tell()["time"], decoder.crc())


def frames(file: Path | str) -> Iterator[Frame]:
    for decoder in _steps(DemoReader(file)):
        told = decoder.tell()
        yield Frame(
            told["time"],
            told["sequence"],
            decoder.player_now(),
            decoder.entities_now(),
            decoder.others_now(),
        )
