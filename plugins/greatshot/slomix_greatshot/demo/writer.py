"""Demos the other way round: messages from states, records into a file. For clips, simulated matches and tests."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from typing import IO

import msgspec

from slomix_greatshot.demo import tables

MOST_MESSAGE = 32768
LIST_END = 1023
NO_STATE: tuple[int, ...] = (0,) * (len(tables.ENTITY) + len(tables.SHARED))
NO_PLAYER: tuple[int, ...] = (0,) * (tables.ARRAYS["ammoclip"][0] + tables.ARRAYS["ammoclip"][1])
_FIELDS = len(tables.ENTITY)
_PLAYER_FIELDS = len(tables.PLAYER)
_ENTITY_SIZES = tuple(tables.ENTITY.values())
_SHARED_SIZES = tuple(tables.SHARED.values())
_PLAYER_SIZES = tuple(tables.PLAYER.values())
_CODES = tuple(tables.encoding())
#: The 13 bits of whole floats by their 32.
_SMALL = {struct.unpack("<I", struct.pack("<f", value))[0]: value + 4096 for value in range(-4096, 4096)}
_WHOLE_BITS = 256  # so many are kept as a number before they become bytes

State = list[int] | tuple[int, ...]


def real(value: float) -> int:
    """The 32 bits of a float."""
    bits: int = struct.unpack("<I", struct.pack("<f", value))[0]
    return bits


class TooLarge(ValueError):
    """What should be said does not fit into one message."""


class Frame(msgspec.Struct, frozen=True):
    """A snapshot with all its numbers, as they are on the wire (see `tables` for their order).

    `others` are the states of all players by client, where a relay recorded.
    """

    time: int
    flags: int
    areas: bytes
    player: State
    entities: list[tuple[int, State]]
    others: dict[int, State]


class Message:
    """One message. `broadcast`: entities have their shared part, as a relay writes them."""

    def __init__(self, acknowledged: int = 0, *, broadcast: bool = False) -> None:
        self._broadcast = broadcast
        self._done = bytearray()
        self._word = self._length = 0
        self.bits(acknowledged, 32)

    def raw(self, value: int, count: int) -> None:
        """Bits as they are, the lowest first."""
        self._word |= value << self._length
        self._length += count
        if self._length > _WHOLE_BITS:
            whole = self._length >> 3
            self._done += (self._word & ((1 << whole * 8) - 1)).to_bytes(whole, "little")
            self._word, self._length = self._word >> whole * 8, self._length & 7

    def bits(self, value: int, count: int) -> None:
        """A number of 1 to 32 bits: the lowest raw, then whole bytes by their codes."""
        length = count & 7
        word = value & ((1 << length) - 1)
        value >>= length
        for _ in range(count >> 3):
            code, size = _CODES[value & 255]
            word |= code << length
            length += size
            value >>= 8
        self.raw(word, length)

    def text(self, text: bytes) -> None:
        for letter in text:
            self.bits(letter, 8)
        self.bits(0, 8)

    def command(self, number: int, text: bytes) -> None:
        self.bits(5, 8)
        self.bits(number, 32)
        self.text(text)

    def finished(self) -> bytes:
        """The message with its end. Raises `TooLarge`."""
        self.bits(8, 8)
        whole = (self._length >> 3) + 1
        message = bytes(self._done) + self._word.to_bytes(whole, "little")
        if len(message) > MOST_MESSAGE:
            raise TooLarge(f"a message of {len(message)} bytes")
        return message

    # ---- states ---------------------------------------------------------------------------------------------------

    def _value(self, bits: int, size: int) -> None:
        if size:
            self.bits(bits, abs(size))
        elif bits in _SMALL:
            self.bits(0, 1)
            self.bits(_SMALL[bits], 13)
        else:
            self.bits(1, 1)
            self.bits(bits, 32)

    def _entity_fields(self, old: State, new: State, sizes: tuple[int, ...], first: int) -> bool:
        """The two bits, the count and the fields; False when nothing differs and nothing was written."""
        differing = [index for index in range(len(sizes)) if old[first + index] != new[first + index]]
        if not differing:
            return False
        self.bits(0b10, 2)  # neither gone nor unchanged; the first bit is the lowest
        self.bits(differing[-1] + 1, 8)
        before = -1
        for index in differing:
            same, before = index - before - 1, index
            bits = new[first + index]
            self.raw((0b11 if bits else 0b01) << same, same + 2)
            if bits:
                self._value(bits, sizes[index])
        return True

    def entity(self, number: int, old: State, new: State | None) -> None:
        """A delta entity; `new` None says that it is gone."""
        self.bits(number, 10)
        self.delta(old, new)

    def delta(self, old: State, new: State | None) -> None:
        if new is None:
            self.bits(1, 1)
        elif not self._entity_fields(old, new, _ENTITY_SIZES, 0):
            self.bits(0, 2)
        if self._broadcast:
            self.bits(0x77, 8)
            if new is None or not self._entity_fields(old, new, _SHARED_SIZES, _FIELDS):
                self.bits(0, 2)

    def player(self, old: State, new: State) -> None:
        differing = [index for index in range(_PLAYER_FIELDS) if old[index] != new[index]]
        self.bits(differing[-1] + 1 if differing else 0, 8)
        before = -1
        for index in differing:
            self.raw(1 << index - before - 1, index - before)
            self._value(new[index], _PLAYER_SIZES[index])
            before = index
        masks = [self._mask(old, new, number) for number in range(12)]
        for first, end in ((0, 4), (4, 8)):
            self.bits(int(any(masks[first:end])), 1)
            if any(masks[first:end]):
                self._arrays(new, masks, first, end)
        self._arrays(new, masks, 8, 12)

    def _mask(self, old: State, new: State, number: int) -> int:
        at = _PLAYER_FIELDS + number * 16
        return sum(1 << index for index in range(16) if old[at + index] != new[at + index])

    def _arrays(self, new: State, masks: list[int], first: int, end: int) -> None:
        for number in range(first, end):
            self.bits(int(masks[number] != 0), 1)
            if masks[number]:
                self.bits(masks[number], 16)
                for index in range(16):
                    if masks[number] >> index & 1:
                        self.bits(new[_PLAYER_FIELDS + number * 16 + index], 32 if number == 3 else 16)

    # ---- whole operations -----------------------------------------------------------------------------------------

    def gamestate(
        self, heard: int, strings: Mapping[int, bytes], baselines: Iterable[tuple[int, State]], client: int, feed: int
    ) -> None:
        """`heard` is the number of the last command that is in the config strings already."""
        self.bits(2, 8)
        self.bits(heard, 32)
        for index in sorted(strings):
            if strings[index]:
                self.bits(3, 8)
                self.bits(index, 16)
                self.text(strings[index])
        for number, state in baselines:
            self.bits(4, 8)
            self.entity(number, NO_STATE, state)
        self.bits(8, 8)
        self.bits(client, 32)
        self.bits(feed, 32)

    def snapshot(self, frame: Frame, delta: int, base: Frame | None, baselines: Mapping[int, State]) -> None:
        """`delta` messages after `base`; 0 and None for a full one."""
        self.bits(7, 8)
        self.bits(frame.time, 32)
        self.bits(delta, 8)
        self.bits(frame.flags, 8)
        self.bits(len(frame.areas), 8)
        for area in frame.areas:
            self.bits(area, 8)
        self.player(base.player if base else NO_PLAYER, frame.player)
        old = dict(base.entities) if base else {}
        new = dict(frame.entities)
        for number in sorted({*old, *new}):
            if number not in new:
                self.entity(number, old[number], None)
            elif number not in old:
                self.entity(number, baselines.get(number, NO_STATE), new[number])
            elif old[number] is not new[number] and old[number] != new[number]:
                self.entity(number, old[number], new[number])
        self.bits(LIST_END, 10)
        if self._broadcast:
            self.bits(9, 8)
            for client in sorted(frame.others):
                self.bits(client, 8)
                self.player((base.others.get(client) if base else None) or NO_PLAYER, frame.others[client])
            self.bits(255, 8)


class DemoWriter:
    """The container: numbered messages, and the end marker."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def record(self, sequence: int, message: bytes) -> None:
        self._file.write(struct.pack("<II", sequence & 0xFFFFFFFF, len(message)) + message)

    def end(self) -> None:
        self._file.write(struct.pack("<ii", -1, -1))
