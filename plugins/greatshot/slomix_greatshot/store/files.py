"""The folder of demos, clips and films: names that nobody can guess, nothing of what people called their files."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

Shelf = Literal["demos", "clips", "films", "coming"]
SHELVES: tuple[Shelf, ...] = ("demos", "clips", "films", "coming")
_STORED = re.compile(r"[0-9a-f]{32}\.[a-z0-9_]{2,8}")
#: Free space that is left to everything else, as a multiple of what is to be written.
SPARE = 3


class Vault:
    """Everything lies below `root`; directories are made when they are needed first, for the owner alone."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def place(self, shelf: Shelf, stored: str) -> Path:
        """Where a file is or is to be. Raises `ValueError` for what is no name of ours."""
        if not _STORED.fullmatch(stored):
            raise ValueError("no name of a stored file")
        return self.folder(shelf) / stored

    def folder(self, shelf: Shelf) -> Path:
        """A folder, which is made if need be."""
        folder = self.root / shelf
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder

    def new(self, suffix: str) -> str:
        """A name that was never used."""
        return f"{secrets.token_hex(16)}.{suffix}"

    def has_room(self, size: int) -> bool:
        """Whether so many bytes may be written, with room to spare."""
        return shutil.disk_usage(self.folder("coming")).free >= SPARE * size

    def keep(self, coming: Path, shelf: Shelf, stored: str) -> None:
        """Move a whole file to where it stays."""
        os.replace(coming, self.place(shelf, stored))

    def drop(self, shelf: Shelf, stored: str) -> None:
        """Delete a file, if it is there."""
        self.place(shelf, stored).unlink(missing_ok=True)

    def strays(self, shelf: Shelf, known: frozenset[str], older_than_s: float) -> Iterator[Path]:
        """Files that no row names and that nobody wrote to for so long."""
        oldest = time.time() - older_than_s
        for path in self.folder(shelf).iterdir():
            if path.name not in known and path.is_file() and path.stat().st_mtime < oldest:
                yield path


def vault_of(data_dir: Path) -> Vault:
    """The plugin's own folder in the data folder of Slomix."""
    return Vault(data_dir / "greatshot")
