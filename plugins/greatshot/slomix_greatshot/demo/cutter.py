"""Clips without loss: a part of a demo that plays by itself, each snapshot exactly as in the source.

Messages keep their numbers, so whatever builds on a message of the clip is copied as it stands. Written anew are the
gamestate, as of the clip's begin, and as full snapshots the first messages: those that build on one before the clip.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import msgspec

from slomix.errors import SlomixError
from slomix_greatshot.demo.decoder import COMMAND, FAULT, GAMESTATE
from slomix_greatshot.demo.frames import frame_of, snapshots
from slomix_greatshot.demo.reader import DemoReader
from slomix_greatshot.demo.steps import Step, steps
from slomix_greatshot.demo.story import Story
from slomix_greatshot.demo.writer import DemoWriter, Message, TooLarge

_SIGN = 0x80000000
#: So many commands at most stand between the first and the last piece of a config string: the server keeps no more.
_MOST_OPEN = 256

Said = list[tuple[int, bytes]]


class CutError(SlomixError):
    """The window can not be cut; the text says why."""


class Clip(msgspec.Struct, frozen=True, kw_only=True):
    """What was written: server times of the first and last snapshot, and how many messages were written anew."""

    file: str
    start_ms: int
    end_ms: int
    snapshots: int
    rewritten: int
    copied: int


class _Span(msgspec.Struct):
    """A segment: server times, and the number of the snapshot where the clip is to begin."""

    first_ms: int
    last_ms: int
    begin: int


def cut(file: Path | str, start_ms: int, end_ms: int, out: Path | str) -> Clip:
    """Write the window of server times to `out`, which is replaced as a whole, and read it back to make sure.

    At least one snapshot before the window is in the clip, where there is one. Raises `CutError`, and `NotADemo` for
    what is none.
    """
    source, target = Path(file), Path(out)
    if end_ms < start_ms:
        raise CutError(f"a clip can not end ({end_ms}) before it begins ({start_ms})")
    begin = _begin(source, start_ms, end_ms)
    handle, name = tempfile.mkstemp(prefix=".clip-", suffix=target.suffix, dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            splice = _Splice(DemoWriter(stream), begin, end_ms)
            for step in steps(source):
                if not splice.take(step):
                    break
            splice.writer.end()
        if [(each.time, each.crc) for each in snapshots(name)] != splice.sums:
            raise CutError(f"the clip of {source.name} does not read like its source and was not kept")
        Path(name).replace(target)
    except TooLarge as error:
        raise CutError(f"the gamestate of the clip does not fit: {error}") from error
    finally:
        Path(name).unlink(missing_ok=True)
    return Clip(
        file=target.name,
        start_ms=splice.sums[0][0],
        end_ms=splice.sums[-1][0],
        snapshots=len(splice.sums),
        rewritten=splice.rewritten,
        copied=splice.copied,
    )


def _begin(source: Path, start_ms: int, end_ms: int) -> int:
    """The number of the snapshot in the file with which the clip begins."""
    reader = DemoReader(source)
    spans = _spans(reader, start_ms)
    if reader.counters["segments"] == 0:
        raise CutError(f"{source.name} has no gamestate, so that no part of it can be played")
    held = ", ".join(f"{span.first_ms} to {span.last_ms}" for span in spans)
    for span, after in zip(spans, [*spans[1:], None], strict=True):
        if span.first_ms <= end_ms and start_ms <= span.last_ms:
            if after is not None and end_ms > span.last_ms and end_ms >= after.first_ms:
                raise CutError(f"{start_ms} to {end_ms} crosses a new gamestate; {source.name} holds {held}")
            return span.begin
    raise CutError(f"{source.name} has no snapshot from {start_ms} to {end_ms}; it holds {held}")


def _spans(reader: DemoReader, start_ms: int) -> list[_Span]:
    reader.single_steps()
    spans: list[_Span] = []
    segments = count = 0
    for _ in reader.batches():
        told = reader.counters
        if told["snapshots"] == count:
            continue
        count, time = told["snapshots"], told["time"]
        if told["segments"] != segments or not spans:
            segments = told["segments"]
            spans.append(_Span(time, time, count - 1))
        spans[-1].last_ms = time
        if time < start_ms:
            spans[-1].begin = count - 1
    return spans


class _Splice:
    """One pass over the source: follows it up to the begin, then writes until the end. `sums` is what was written."""

    def __init__(self, writer: DemoWriter, begin: int, end_ms: int) -> None:
        self.writer = writer
        self.sums: list[tuple[int, int]] = []
        self.rewritten = self.copied = 0
        self._begin, self._end_ms = begin, end_ms
        self._story = Story()
        self._open: Said = []
        self._viewer = self._feed = 0
        self._first: int | None = None

    def take(self, step: Step) -> bool:
        """The next message; False when the clip is whole."""
        said: Said = [(item[2], item[3]) for item in step.raw if item[0] == COMMAND]
        if self._first is None:
            if not step.fresh or step.told["snapshots"] - 1 != self._begin:
                self._follow(step, said)
                return True
            self._first = step.sequence
            said = self._gamestate(step, said)
            self._full(step, said)
        elif step.told["segments"] != step.before["segments"] or (step.fresh and step.told["time"] > self._end_ms):
            return False
        elif any(item[0] == FAULT for item in step.raw):
            return True
        elif step.fresh and step.told["delta"] and (step.sequence - step.told["delta"] - self._first) & _SIGN:
            self._full(step, said)
        else:
            self.writer.record(step.sequence, step.message)
            self.copied += 1
        if step.fresh:
            self.sums.append((step.told["time"], step.decoder.crc()))
        return True

    def _follow(self, step: Step, said: Said) -> None:
        """Before the clip: what the config strings are, and which of them is being sent in pieces."""
        for item in step.raw:
            if item[0] == GAMESTATE:
                self._viewer, self._feed = item[4:6]
                self._open = []
        self._story.tell([item for item in step.raw if item[0] in {GAMESTATE, COMMAND}])
        for number, text in said:
            if text.startswith(b"bcs0 "):
                self._open = [(number, text)]
            elif text.startswith(b"bcs2 "):
                self._open = []
            elif self._open and len(self._open) < _MOST_OPEN:
                self._open.append((number, text))

    def _gamestate(self, step: Step, said: Said) -> Said:
        """Writes it; the commands that the first snapshot has to bring, among them pieces that came before."""
        heard = self._open[0][0] - 1 if self._open else step.before["heard"]
        message = Message(step.told["acknowledged"], broadcast=step.broadcast)
        baselines = [(number, tuple(state)) for number, state in step.decoder.baselines_now()]
        message.gamestate(heard, self._story.strings, baselines, self._viewer, self._feed)
        self.writer.record(step.sequence - 1, message.finished())
        return [*self._open, *said]

    def _full(self, step: Step, said: Said) -> None:
        """The same snapshot, building on none."""
        message = Message(step.told["acknowledged"], broadcast=step.broadcast)
        for number, text in said:
            message.command(number, text)
        baselines = {number: tuple(state) for number, state in step.decoder.baselines_now()}
        message.snapshot(frame_of(step.decoder), 0, None, baselines)
        self.writer.record(step.sequence, message.finished())
        self.rewritten += 1
