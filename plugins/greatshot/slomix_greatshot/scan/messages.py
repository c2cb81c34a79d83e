"""What a worker is asked and what it answers: each message is its length in 4 bytes, then MessagePack."""

from __future__ import annotations

import struct
from typing import IO, TypeVar

import msgspec

from slomix_greatshot.demo import Demo
from slomix_greatshot.demo.cutter import Clip
from slomix_greatshot.highlights import Highlight, Tuning
from slomix_greatshot.scan.report import Report

#: No answer about a file within the limits is longer.
MOST_BYTES = 128 << 20
_LENGTH = struct.Struct("<I")


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """Server times between which a clip is to be cut, and where it is to be written."""

    start_ms: int
    end_ms: int
    out: str


class Ask(msgspec.Struct, kw_only=True):
    """A file to read, or to `cut`; `whole` asks for the demo and its highlights too and not for the report alone."""

    file: str
    whole: bool
    seconds: float
    old_protocol: bool = False
    tuning: Tuning | None = None
    cut: Window | None = None


class Answer(msgspec.Struct, kw_only=True):
    """`error` says why there is neither."""

    report: Report | None = None
    demo: Demo | None = None
    found: list[Highlight] = []
    clip: Clip | None = None
    error: str | None = None


M = TypeVar("M", Ask, Answer)


def write(stream: IO[bytes], message: Ask | Answer) -> None:
    data = msgspec.msgpack.encode(message)
    stream.write(_LENGTH.pack(len(data)) + data)
    stream.flush()


def read(stream: IO[bytes], kind: type[M]) -> M | None:
    """The next message; None when the other side is gone. Raises `ValueError` for what is no message."""
    head = stream.read(4)
    if len(head) < 4:
        return None
    (length,) = _LENGTH.unpack(head)
    if length > MOST_BYTES:
        raise ValueError(f"a message of {length} bytes")
    data = stream.read(length)
    return msgspec.msgpack.decode(data, type=kind) if len(data) == length else None
