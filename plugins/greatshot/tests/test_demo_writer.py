"""What is written is read again, whatever the numbers are; and the two readers agree on all of it."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from slomix_greatshot.demo import tables
from slomix_greatshot.demo.decoder import Decoder
from slomix_greatshot.demo.writer import NO_PLAYER, NO_STATE, DemoWriter, Frame, Message
from slomix_greatshot.simulate.example import example

WORDS = st.integers(0, 0xFFFFFFFF)
SMALL = st.sampled_from([0, 0x3F800000, 0xC5800000, 0x457FF000, 0x80000000, 0x45800000, 0x7FC00000])


def _value(size: int) -> st.SearchStrategy[int]:
    if size == 0:
        return SMALL | WORDS
    if size < 0:
        return st.integers(-(1 << -size - 1), (1 << -size - 1) - 1).map(lambda value: value & 0xFFFFFFFF)
    return st.integers(0, (1 << size) - 1)


SIZES = [*tables.ENTITY.values(), *tables.SHARED.values()]


@st.composite
def entities(draw: st.DrawFn, broadcast: bool) -> list[tuple[int, list[int]]]:
    found = []
    for number in sorted(draw(st.sets(st.integers(0, 1022), max_size=6))):
        state = list(NO_STATE) if broadcast else list(NO_STATE[:71])
        for place in draw(st.sets(st.integers(0, len(state) - 1), max_size=8)):
            state[place] = draw(_value(SIZES[place]))
        found.append((number, state))
    return found


@st.composite
def players(draw: st.DrawFn) -> list[int]:
    state = list(NO_PLAYER)
    sizes = list(tables.PLAYER.values())
    for place in draw(st.sets(st.integers(0, len(state) - 1), max_size=12)):
        powerups = tables.ARRAYS["powerups"][0] <= place < tables.ARRAYS["ammo"][0]
        state[place] = draw(_value(sizes[place] if place < len(sizes) else 32 if powerups else -16))
    return state


@st.composite
def recordings(draw: st.DrawFn) -> tuple[bool, list[Frame], list[tuple[int, list[int]]]]:
    broadcast = draw(st.booleans())
    frames = [
        Frame(
            draw(st.integers(0, 0x7FFFFFFF)),
            draw(st.integers(0, 255)),
            draw(st.binary(max_size=32)),
            draw(players()),
            draw(entities(broadcast)),
            draw(st.dictionaries(st.integers(0, 63), players(), max_size=2)) if broadcast else {},
        )
        for _ in range(draw(st.integers(1, 4)))
    ]
    baselines = [each for each in draw(entities(broadcast)) if any(each[1])]
    return broadcast, frames, baselines


@given(recordings(), st.lists(st.binary(max_size=200).map(lambda text: text.replace(b"\0", b"")), max_size=3))
def test_whatever_is_written_is_read(
    recording: tuple[bool, list[Frame], list[tuple[int, list[int]]]], texts: list[bytes]
) -> None:
    broadcast, frames, baselines = recording
    file = io.BytesIO()
    writer = DemoWriter(file)
    gamestate = Message(3, broadcast=broadcast)
    gamestate.gamestate(7, {1: b"one", 1023: b"last"}, baselines, 5, 0xFFFFFFFF)
    writer.record(99, gamestate.finished())
    before = None
    for sequence, frame in enumerate(frames, 100):
        message = Message(broadcast=broadcast)
        for number, text in enumerate(texts, 8):
            message.command(number, text)
        message.snapshot(frame, 1 if before else 0, before, dict(baselines))
        writer.record(sequence, message.finished())
        before = frame
    writer.end()
    data = file.getvalue()
    decoder = Decoder(broadcast)
    decoder.single_steps()
    at = decoder.feed(data + bytes(8), 0, len(data), 0)
    assert decoder.take() == [(0, 99, 7, [(1, b"one"), (1023, b"last")], 5, 0xFFFFFFFF)]
    assert decoder.baselines_now() == baselines
    heard = []
    for frame in frames:
        at = decoder.feed(data + bytes(8), at, len(data), 0)
        heard += [item[3] for item in decoder.take() if item[0] == 1]
        told = decoder.tell()
        assert (told["time"], told["flags"], decoder.areas_now()) == (frame.time, frame.flags, frame.areas)
        assert decoder.player_now() == frame.player
        assert decoder.entities_now() == frame.entities
        assert decoder.others_now() == frame.others
    assert heard == [text.replace(b"%", b".") for text in texts]
    assert decoder.tell()["invalid"] == 0


def test_both_readers_say_the_same_of_our_own_demos(tmp_path: Path) -> None:
    """The demos of the recorder, whole and with bytes that were hit; in processes, since a reader is for life."""
    files = []
    for name, broadcast in (("match.dm_84", False), ("match.tv_84", True)):
        example(tmp_path / name, broadcast=broadcast)
        data = (tmp_path / name).read_bytes()
        files.append(str(tmp_path / name))
        for place in range(100, len(data), len(data) // 12):
            hit = bytearray(data)
            hit[place] ^= 0x55
            file = tmp_path / f"{place}-{name}"
            file.write_bytes(hit)
            files.append(str(file))
    told = {}
    for reader in ("native", "python"):
        done = subprocess.run(
            [sys.executable, str(Path(__file__).with_name("demos_digest.py")), *files],
            env={**os.environ, "SLOMIX_GREATSHOT_READER": reader},
            capture_output=True,
            check=True,
            timeout=110,
        )
        told[reader] = json.loads(done.stdout)
    assert told["python"]["reader"] == "python"
    assert told["native"]["files"] == told["python"]["files"]
