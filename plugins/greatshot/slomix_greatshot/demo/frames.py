"""Snapshots themselves, one after another: for checking, cutting and looking closely."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from slomix_greatshot.demo.decoder import Decoder
from slomix_greatshot.demo.reader import DemoReader
from slomix_greatshot.demo.writer import Frame


class Snapshot(msgspec.Struct, frozen=True):
    """The checksum is CRC-32 over everything that is in it, see `States.crc`."""

    i: int
    time: int
    crc: int


def frame_of(decoder: Decoder) -> Frame:
    """The newest snapshot that the decoder accepted."""
    told = decoder.tell()
    return Frame(
        told["time"],
        told["flags"],
        decoder.areas_now(),
        decoder.player_now(),
        decoder.entities_now(),  # type: ignore[arg-type]
        decoder.others_now(),  # type: ignore[arg-type]
    )


def steps(reader: DemoReader) -> Iterator[Decoder]:
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
    for index, decoder in enumerate(steps(DemoReader(file, old_protocol=old_protocol))):
        yield Snapshot(index, decoder.tell()["time"], decoder.crc())


def frames(file: Path | str) -> Iterator[Frame]:
    """Every snapshot whole: some hundred kilobytes of Python numbers each."""
    for decoder in steps(DemoReader(file)):
        yield frame_of(decoder)
