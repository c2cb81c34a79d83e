"""A demo that comes in pieces: measured, hashed and looked at while it is written, refused as soon as it can be."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import struct
from pathlib import Path
from typing import IO, Self

from slomix.errors import SlomixError
from slomix_greatshot.intake.naming import SUFFIXES, safe_name, suffix_of
from slomix_greatshot.store.files import Vault

_HEAD = struct.Struct("<iI")
MOST_MESSAGE = 32768
#: So much is collected before it is written.
PIECE = 256 << 10


class Refused(SlomixError):
    """A file is not taken; the text says why. `status` is the one of HTTP."""

    def __init__(self, text: str, *, status: int = 400) -> None:
        super().__init__(text)
        self.status = status


class Receiving:
    """An async context: feed it pieces, then `finish`. Whatever is not finished is deleted."""

    def __init__(self, vault: Vault, name: str, *, most_bytes: int, announced: int | None = None) -> None:
        """Raises `Refused` by the name, by the announced size, and where there is no room."""
        suffix = suffix_of(name)
        if suffix is None:
            kinds = ", ".join(f".{each}" for each in SUFFIXES)
            raise Refused(f"{safe_name(name)!r} is no demo by its name; demos end with {kinds}.", status=415)
        self.name, self.suffix, self.size = safe_name(name), suffix, 0
        self._most = most_bytes
        self._measure(announced or 0)
        if not vault.has_room(max(announced or 0, 1 << 20)):
            raise Refused("There is no room for further demos on this machine; tell an admin.", status=507)
        self.path: Path = vault.folder("coming") / f"{secrets.token_hex(16)}.{suffix}"
        self._hash = hashlib.sha256()
        self._held = bytearray()
        self._file: IO[bytes] | None = None
        self._looked = False

    @property
    def sha256(self) -> bytes:
        """Of what was written."""
        return self._hash.digest()

    async def __aenter__(self) -> Self:
        self._file = self.path.open("xb")
        return self

    async def __aexit__(self, *error: object) -> None:
        if self._file is not None:
            self._file.close()
        self.path.unlink(missing_ok=True)

    async def feed(self, piece: bytes) -> None:
        """The next bytes. Raises `Refused` where they are too many or no demo's."""
        self._measure(self.size + len(piece))
        self.size += len(piece)
        self._held += piece
        if not self._looked and len(self._held) >= _HEAD.size:
            self._look()
        if len(self._held) >= PIECE:
            await self._write()

    async def finish(self) -> None:
        """All of it has come: it is on the disk now."""
        if not self._looked:
            raise Refused("The file is empty." if self.size == 0 else self._not_a_demo())
        await self._write()
        assert self._file is not None
        self._file.close()

    async def _write(self) -> None:
        piece, self._held = bytes(self._held), bytearray()
        await asyncio.to_thread(self._write_now, piece)

    def _write_now(self, piece: bytes) -> None:
        assert self._file is not None
        self._file.write(piece)
        self._hash.update(piece)

    def _measure(self, size: int) -> None:
        if size > self._most:
            raise Refused(f"A demo may have {self._most >> 20} MiB at most.", status=413)

    def _look(self) -> None:
        """A demo begins with the number and the length of a message; nothing else does so with such a length."""
        self._looked = True
        _, length = _HEAD.unpack(self._held[: _HEAD.size])
        if not 0 < length <= MOST_MESSAGE:
            raise Refused(self._not_a_demo())

    def _not_a_demo(self) -> str:
        return f"{self.name!r} is no demo: it does not begin with a message of the game."
