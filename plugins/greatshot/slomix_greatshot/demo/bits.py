# cython: language_level=3, annotation_typing=False, boundscheck=False, wraparound=False, cdivision=True
# mypy: always-false=compiled
"""The bit stream of a message: numbers, strings and runs of fields.

Cython compiles this file, `states.py` and `decoder.py` to native modules, with the C types that the `.pxd` beside each
declares; where none was built the same files run as Python, with the same results. Numbers are 32 bits as they are on
the wire, those of floats too. Reading past the end of a message gives anything and is found out afterwards.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from slomix_greatshot.demo import tables

if TYPE_CHECKING:
    from slomix_greatshot.demo import shadow as cython
else:
    try:
        import cython
    except ImportError:
        from slomix_greatshot.demo import shadow as cython

NATIVE = bool(cython.compiled)

#: What can be wrong with a message, by number.
FAULTS = (
    "",
    "it ends before its end marker",
    "an operation that does not exist",
    "a count of fields beyond the table",
    "a mask of areas beyond 32 bytes",
    "a string without an end",
    "entity numbers that do not rise",
    "an index of a config string beyond the table",
    "a shared part without its mark",
)

PAST_END = 1
BAD_OP = 2
BAD_COUNT = 3
BAD_AREAS = 4
BAD_STRING = 5
BAD_ORDER = 6
BAD_INDEX = 7
BAD_MARK = 8

#: Of an entry of the table of codes: the bits of the code; the byte stands above.
LENGTH = 0xFFFFF
WORD = 0xFFFFFFFF
ALL_BITS = 0xFFFFFFFFFFFFFFFF
#: A window of 57 bits holds so many codes, however long they are.
CODES_PER_WINDOW = 5


_CODES = tables.decoding()
#: The bits of the whole floats from -4096 to 4095, which are sent in 13 bits.
_SMALL = list(array("I", array("f", range(-4096, 4096)).tobytes()))


def block(keep: list[bytearray], size: int) -> list[int]:
    """`size` zeros; native, they are the memory of a bytearray that `keep` holds."""
    if cython.compiled:
        memory = bytearray(size * 4)
        keep.append(memory)
        return cython.cast(cython.p_uint, cython.cast(cython.p_uchar, memory))
    return [0] * size


def filled(keep: list[bytearray], values: list[int]) -> list[int]:
    target = block(keep, len(values))
    for index in range(len(values)):
        target[index] = values[index]
    return target


class Bits:
    """A place in a message, in bits from its begin, and what is read from there."""

    def __init__(self) -> None:
        self.keep: list[bytearray] = []
        self.chunk = b""
        self.last = self.pos = self.limit = 0
        self.fault = 0
        self.whole = 0
        self.codes = filled(self.keep, _CODES)
        self.small = filled(self.keep, _SMALL)
        self.text = block(self.keep, 8192 + CODES_PER_WINDOW)

    def look_at(self, chunk: bytes, at: int, size: int, length: int) -> None:
        """Read the message of `size` bytes at `at`; at least 8 zeros stand behind the `length` bytes of the chunk."""
        self.chunk = chunk
        self.pos = self.fault = 0
        self.limit = size * 8
        if cython.compiled:
            self.data = chunk
            self.data += at
            self.last = length - at
        else:
            self.whole = int.from_bytes(chunk[at : at + size], "little")

    def window(self, pos: int) -> int:
        """The next bits from there, at least 57 of them."""
        if cython.compiled:
            at = min(pos >> 3, self.last)
            return cython.cast(cython.p_ulonglong, self.data + at)[0] >> (pos & 7)
        return self.whole >> pos & ALL_BITS

    def bits(self, count: int) -> int:
        """A number of 1 to 32 bits."""
        pos = self.pos
        # Uncompiled, a call costs as much as the rest.
        window = self.window(pos) if cython.compiled else self.whole >> pos & ALL_BITS
        shift = count & 7
        value = window & ((1 << shift) - 1)
        window >>= shift
        pos += shift
        while shift < count:
            code = self.codes[window & 2047]
            value |= code >> 20 << shift
            window >>= code & 63
            pos += code & LENGTH
            shift += 8
        self.pos = pos
        return value

    def byte(self) -> int:
        code = self.codes[self.window(self.pos) & 2047]
        self.pos += code & LENGTH
        return code >> 20

    def string(self, limit: int) -> bytes:
        """Text up to its zero, of at most `limit` bytes with it; `%` is read as `.`, as both ends of the game do."""
        length, pos = 0, self.pos
        while length < limit and pos <= self.limit:
            window = self.window(pos)
            for _ in range(CODES_PER_WINDOW):
                code = self.codes[window & 2047]
                window >>= code & 63
                pos += code & LENGTH
                code >>= 20
                if code == 0 and length < limit:
                    self.pos = pos
                    return self.written(length)
                self.text[length] = 46 if code == 37 else code
                length += 1
        self.pos = pos
        self.fault = BAD_STRING
        return b""

    def written(self, length: int) -> bytes:
        letters = bytearray(length)
        for index in range(length):
            letters[index] = self.text[index]
        return bytes(letters)

    def entity_fields(  # noqa: PLR0912  split, it would be slower than the rest of the reader together
        self, target: list[int], at: int, sizes: list[int], count: int
    ) -> None:
        """Fields of an entity or of its shared part: each says whether it differs, and whether it is zero."""
        codes, pos, field = self.codes, self.pos, 0
        while True:
            if cython.compiled:
                window = self.window(pos)
                run = zeros_before(window) if window else 57  # noqa: F821  it is C, in the .pxd
            else:
                window = self.whole >> pos & ALL_BITS
                run = (window & -window).bit_length() - 1 if window else 57
            if field + run >= count:
                self.pos = pos + count - field
                return
            field += run
            pos += run
            if run > 10:
                if window == 0:
                    continue
                window = self.window(pos)
            else:
                window >>= run
            size = sizes[field]
            if window & 2 == 0:
                target[at + field] = 0
                pos += 2
            elif size == 0 and window & 4 == 0:
                code = codes[window >> 8 & 2047]
                target[at + field] = self.small[window >> 3 & 31 | code >> 20 << 5]
                pos += 8 + (code & LENGTH)
            else:
                if size == 0:
                    size = 32
                    window >>= 3
                    pos += 3
                else:
                    window >>= 2
                    pos += 2
                shift = size & 7
                value = window & ((1 << shift) - 1)
                window >>= shift
                pos += shift
                while shift < size:
                    code = codes[window & 2047]
                    value |= code >> 20 << shift
                    window >>= code & 63
                    pos += code & LENGTH
                    shift += 8
                target[at + field] = value
            field += 1
            if field >= count:
                self.pos = pos
                return

    def player_fields(self, target: list[int], at: int, sizes: list[int], count: int) -> None:
        """Fields of a player state: each says whether it differs; there is no short way to say zero."""
        field = 0
        while field < count:
            if cython.compiled:
                window = self.window(self.pos)
                run = zeros_before(window) if window else 57  # noqa: F821  it is C, in the .pxd
            else:
                window = self.whole >> self.pos & ALL_BITS
                run = (window & -window).bit_length() - 1 if window else 57
            if field + run >= count:
                self.pos += count - field
                return
            field += run
            self.pos += run
            if window == 0:
                continue
            window >>= run
            if run > 46:
                window = self.window(self.pos)
            size = sizes[field]
            if size == 0 and window & 2 == 0:
                code = self.codes[window >> 7 & 2047]
                target[at + field] = self.small[window >> 2 & 31 | code >> 20 << 5]
                self.pos += 7 + (code & LENGTH)
            else:
                self.pos += 2 if size == 0 else 1
                value = self.bits(size & 63 or 32)
                if size & 64 and value >> ((size & 63) - 1):
                    value |= WORD ^ ((1 << (size & 63)) - 1)
                target[at + field] = value
            field += 1
