"""A demo message by message, with the bytes of each: for the cutter."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from slomix_greatshot.demo.decoder import Decoder
from slomix_greatshot.demo.reader import MOST_MESSAGE, PADDING, RELAY_SUFFIX

_HEADER = struct.Struct("<II")


class Step(msgspec.Struct):
    """A message, what the decoder made of it, and its counters before and after. `fresh`: it gave a snapshot."""

    sequence: int
    message: bytes
    raw: list[tuple[Any, ...]]
    before: dict[str, int]
    told: dict[str, int]
    decoder: Decoder
    broadcast: bool

    @property
    def fresh(self) -> bool:
        return self.told["snapshots"] > self.before["snapshots"]


def steps(file: Path) -> Iterator[Step]:
    """Every whole message up to the end marker or to a length that no message has."""
    broadcast = file.suffix.lower() == RELAY_SUFFIX
    decoder = Decoder(broadcast)
    told = decoder.tell()
    for offset, head, message in _messages(file):
        chunk = head + message + PADDING
        decoder.feed(chunk, 0, len(chunk) - len(PADDING), offset)
        if offset == 0 and decoder.tell()["odd"]:
            other = Decoder(not broadcast)
            other.feed(chunk, 0, len(chunk) - len(PADDING), offset)
            if other.tell()["segments"]:
                decoder, broadcast = other, not broadcast
        before, told = told, decoder.tell()
        yield Step(_HEADER.unpack(head)[0], message, decoder.take(), before, told, decoder, broadcast)


def _messages(file: Path) -> Iterator[tuple[int, bytes, bytes]]:
    """Place in the file, header and bytes of each."""
    with file.open("rb") as stream:
        offset = 0
        while len(head := stream.read(8)) == _HEADER.size:
            length = _HEADER.unpack(head)[1]
            if not 0 < length <= MOST_MESSAGE:
                return
            message = stream.read(length)
            if len(message) < length:
                return
            yield offset, head, message
            offset += len(head) + length
