"""Which account runs the embedded PostgreSQL, and which folders that account can enter."""

from __future__ import annotations

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from slomix.errors import DatabaseUnavailable

#: Tried in this order when root starts PostgreSQL, which refuses to run as root.
CANDIDATES = ("slomix", "postgres", "nobody")


@dataclass(frozen=True, slots=True)
class Account:
    """A user of this machine. `switch`: processes must change to it (we are root)."""

    name: str
    uid: int
    gid: int
    switch: bool


def own_account() -> Account:
    """The account that this process runs under."""
    uid = os.geteuid()
    try:
        name = pwd.getpwuid(uid).pw_name
    except KeyError:
        name = str(uid)
    return Account(name, uid, os.getegid(), switch=False)


def pick_account(run_as: str | None, owner: int | None = None) -> Account:
    """The account for PostgreSQL: our own, or as root `run_as`, the `owner` of existing data, or a candidate.

    Raises `DatabaseUnavailable` when root has no unprivileged account to use.
    """
    if os.geteuid() != 0:
        return own_account()
    if run_as is not None:
        found = _lookup(run_as)
        if found is None or found.uid == 0:
            raise DatabaseUnavailable(
                f"slomix.database.run_as names {run_as!r}, which is not an unprivileged account of this machine; "
                "name one that exists."
            )
        if owner and owner != found.uid:
            raise DatabaseUnavailable(
                f"The embedded database belongs to the user with id {owner}, not to {run_as!r}; "
                "correct slomix.database.run_as."
            )
        return found
    if owner:
        return _lookup_uid(owner)
    for name in CANDIDATES:
        if (found := _lookup(name)) is not None and found.uid != 0:
            return found
    raise DatabaseUnavailable(
        "PostgreSQL refuses to run as root and none of the accounts "
        f"{', '.join(CANDIDATES)} exists; name one with slomix.database.run_as."
    )


def can_enter(account: Account, folder: Path) -> bool:
    """Whether the account may traverse every folder of the path `folder` (itself too), by their modes."""
    real = folder.resolve()
    return all(_may(account, os.stat(step), stat.S_IXUSR) for step in (real, *real.parents))


def _may(account: Account, entry: os.stat_result, right: int) -> bool:
    """Whether the mode of `entry` gives the account `right` (an owner bit, as S_IXUSR). Others' groups are not ours."""
    if entry.st_uid == account.uid:
        return bool(entry.st_mode & right)
    if entry.st_gid == account.gid:
        return bool(entry.st_mode & (right >> 3))
    return bool(entry.st_mode & (right >> 6))


def _lookup(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, switch=True)


def _lookup_uid(uid: int) -> Account:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise DatabaseUnavailable(
            f"The embedded database belongs to the user with id {uid}, who does not exist on this machine; "
            "give the folder to an existing account."
        ) from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, switch=True)
