"""Migration files: where they are, how they are named, and what was in them when they were applied."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import slomix
from slomix.errors import MigrationError

_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]{0,62}")
_ROLLBACK = ".rollback.sql"


@dataclass(frozen=True, slots=True)
class MigrationSource:
    """A folder of migrations: `name` is "core" or the plugin's, `schema` is where its tables and bookkeeping are."""

    name: str
    schema: str
    folder: Path


@dataclass(frozen=True, slots=True)
class MigrationFile:
    """One `<source>.<4 digits>.<slug>.sql`. `sha256` is of its text with LF line ends, in hexadecimal."""

    id: str
    path: Path
    sha256: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """The files of a source beside what the database says was applied; ids in order."""

    applied: tuple[str, ...]
    pending: tuple[str, ...]
    changed: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def trouble(self) -> str | None:
        """Why nothing may be applied, as a sentence; None when all is well."""
        if self.changed:
            return (
                f"migration {self.changed[0]} was changed after it was applied; "
                "restore the file, and put the change into a new migration"
            )
        if self.unknown:
            return (
                f"the database has migration {self.unknown[-1]}, which this program does not know; "
                "install the newer version that brought it"
            )
        return None


def core_migrations() -> MigrationSource:
    """The core's own migrations: `slomix/migrations` in an installed wheel, else `migrations/` of the source tree."""
    package = Path(slomix.__file__).parent
    packaged = package / "migrations"
    return MigrationSource("core", "slomix", packaged if packaged.is_dir() else package.parents[1] / "migrations")


def read_files(source: MigrationSource) -> list[MigrationFile]:
    """The migrations of a source, in order. Raises `MigrationError` when a name breaks the rules."""
    if not _IDENTIFIER.fullmatch(source.schema):
        raise MigrationError(f"{source.name}: {source.schema!r} is not a plain schema name.")
    if not source.folder.is_dir():
        raise MigrationError(f"{source.name}: the migrations folder {source.folder} is missing; install it again.")
    pattern = re.compile(rf"{re.escape(source.name)}\.\d{{4}}\.[a-z0-9_-]+")
    files: dict[str, MigrationFile] = {}
    for path in sorted(source.folder.glob("*.sql")):
        if path.name.endswith(_ROLLBACK):
            continue
        identity = path.name.removesuffix(".sql")
        if not pattern.fullmatch(identity):
            raise MigrationError(
                f"{source.name}: {path} is not named <{source.name}>.<4 digits>.<slug>.sql; rename the migration."
            )
        number = identity.split(".")[1]
        if number in files:
            raise MigrationError(f"{source.name}: two migrations have the number {number}; renumber {path}.")
        if not path.with_name(identity + _ROLLBACK).exists():
            raise MigrationError(f"{source.name}: {path} has no {identity}{_ROLLBACK} beside it; write it.")
        text = path.read_bytes().replace(b"\r\n", b"\n")
        files[number] = MigrationFile(identity, path, hashlib.sha256(text).hexdigest())
    return list(files.values())


def compare(files: Sequence[MigrationFile], applied: Mapping[str, str]) -> Comparison:
    """`applied` maps the ids in the database to the hash of what was applied."""
    known = {file.id: file.sha256 for file in files}
    return Comparison(
        applied=tuple(name for name in known if name in applied),
        pending=tuple(name for name in known if name not in applied),
        changed=tuple(name for name, sha256 in known.items() if name in applied and applied[name] != sha256),
        unknown=tuple(sorted(name for name in applied if name not in known)),
    )
