"""Where the embedded database lives: its home, its data folder, its locks and its private socket folder."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from slomix.errors import DatabaseUnavailable
from slomix.storage.account import Account, can_enter, pick_account

#: In the data folder when the cluster had to go elsewhere: the path of its home.
POINTER = "pgdata.location"
#: Below here root makes a home when PostgreSQL's account can not enter the data folder.
ELSEWHERE = Path("/var/lib")
_HOME_NAME = re.compile(r"slomix-[0-9a-f]{12}(-\d+)?")
SOCKET_NAME = ".s.PGSQL.5432"
#: The kernel's limit of a unix socket's path is 108 bytes with the final zero.
SOCKET_PATH_LIMIT = 107


@dataclass(frozen=True, slots=True)
class Home:
    """The folder that holds one cluster: `pgdata-<major>` and `postgres/` with locks and log."""

    folder: Path

    @property
    def locks(self) -> Path:
        return self.folder / "postgres"

    @property
    def start_lock(self) -> Path:
        return self.locks / "start.lock"

    @property
    def lease(self) -> Path:
        return self.locks / "lease.lock"

    @property
    def keeper_lock(self) -> Path:
        return self.locks / "keeper.lock"

    @property
    def log(self) -> Path:
        return self.locks / "postgres.log"

    def data(self, major: int) -> Path:
        return self.folder / f"pgdata-{major}"


def find_home(data_dir: Path) -> Home:
    """Where the cluster of this data folder is, or would be; creates nothing."""
    data_dir = Path(os.path.abspath(data_dir))
    pointer = data_dir / POINTER
    try:
        entry = os.lstat(pointer)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return Home(data_dir)
    target = Path(pointer.read_text().strip())
    # root follows it, so nobody but root may have written it and it leads to nowhere but a home of ours
    trusted = stat.S_ISREG(entry.st_mode) and entry.st_uid == 0
    if not trusted or target.parent != ELSEWHERE or not _HOME_NAME.fullmatch(target.name):
        raise DatabaseUnavailable(
            f"{pointer} was not written by Slomix as root; remove it if you did not put it there."
        )
    return Home(target)


def make_home(data_dir: Path, run_as: str | None) -> tuple[Home, Account]:
    """The cluster's home, created when missing, and the account that runs PostgreSQL in it.

    No permission of an existing folder is changed: where the account can not enter the data folder, the home is
    made below `ELSEWHERE` and a pointer in the data folder names it.
    """
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        home = find_home(data_dir)
        account = pick_account(run_as, _owner(home))
        if home.folder == Path(os.path.abspath(data_dir)) and not _usable(home.folder, account):
            home = _elsewhere(data_dir)
        home.folder.mkdir(mode=0o755, exist_ok=True)
        home.locks.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise DatabaseUnavailable(
            f"The data folder {data_dir} can not be used ({error.strerror}: {error.filename}); "
            "give it to this account, or choose another with SLOMIX_DATA_DIR."
        ) from error
    return home, account


def _usable(folder: Path, account: Account) -> bool:
    return not account.switch or can_enter(account, folder)


def _owner(home: Home) -> int | None:
    """Who owns the cluster that is there; None when there is none."""
    for data in clusters(home).values():
        return os.stat(data).st_uid
    return None


def _elsewhere(data_dir: Path) -> Home:
    """A new home outside. A folder that is already there belongs to data that no pointer names: it is left alone."""
    path = os.path.abspath(data_dir)
    base = ELSEWHERE / f"slomix-{hashlib.sha256(path.encode()).hexdigest()[:12]}"
    folder, count = base, 1
    while True:
        try:
            folder.mkdir(mode=0o755)
            break
        except FileExistsError:
            folder, count = base.with_name(f"{base.name}-{count}"), count + 1
    os.chmod(folder, 0o755)  # nosec B103  # noqa: S103 (ours: the account has to pass, whatever the umask)
    pointer = data_dir / POINTER
    fresh = pointer.with_name(f"{POINTER}.{os.getpid()}")
    fresh.write_text(f"{folder}\n")
    os.replace(fresh, pointer)
    return Home(folder)


def clusters(home: Home) -> dict[int, Path]:
    """The data folders that hold a cluster, by major version."""
    found: dict[int, Path] = {}
    for folder in home.folder.glob("pgdata-*"):
        if (match := re.fullmatch(r"pgdata-(\d+)", folder.name)) and any(folder.iterdir()):
            found[int(match[1])] = folder
    return found


def data_folder(home: Home, major: int) -> Path:
    """The data folder for this major version. Raises when only another version's data is there."""
    there = clusters(home)
    if major not in there and there:
        other, folder = max(there.items())
        raise DatabaseUnavailable(
            f"{folder} holds a database of PostgreSQL {other}, but the programs found are of version {major}; dump it "
            f"with pg_dump of version {other} (SLOMIX_PG_BINDIR chooses the programs), move the folder away, and load "
            "the dump with pg_restore."
        )
    return home.data(major)


def socket_folder(
    home: Home, account: Account, environ: Mapping[str, str] = os.environ, *, before: str | None = None
) -> Path:
    """The private folder for the socket, created when missing: 0700, owned by the account.

    `before` is the folder of the last run, which programs that still hold on remember; it is kept where possible.
    Raises `DatabaseUnavailable` when something else sits at its place.
    """
    folder = _socket_place(home, account, environ, before)
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    entry = os.lstat(folder)
    if account.switch and entry.st_uid == 0 and stat.S_ISDIR(entry.st_mode):  # we just made it, or were killed here
        os.chown(folder, account.uid, account.gid, follow_symlinks=False)
        entry = os.lstat(folder)
    if not stat.S_ISDIR(entry.st_mode) or entry.st_uid != account.uid or stat.S_IMODE(entry.st_mode) != 0o700:
        raise DatabaseUnavailable(
            f"{folder} is not a private folder of the account {account.name!r}; somebody else put it there: remove it."
        )
    return folder


def _socket_place(home: Home, account: Account, environ: Mapping[str, str], before: str | None) -> Path:
    digest = hashlib.sha256(str(home.folder).encode()).hexdigest()[:8]
    places = [Path(f"/tmp/slomix-{account.uid}-{digest}")]  # nosec B108  # noqa: S108 (the caller looks)
    runtime = environ.get("XDG_RUNTIME_DIR")
    if runtime and not account.switch and os.path.isdir(runtime) and os.stat(runtime).st_uid == account.uid:
        private = Path(runtime, f"slomix-{digest}")
        if len(os.fsencode(private / SOCKET_NAME)) < SOCKET_PATH_LIMIT:
            places.insert(0, private)
    # a program that runs without XDG_RUNTIME_DIR (cron) must not move the socket away from those that have it
    if before and Path(before).name in (f"slomix-{digest}", places[-1].name) and os.path.isdir(Path(before).parent):
        return Path(before)
    return places[0]


def open_lock(path: Path) -> int:
    """A file descriptor on a lock file, created when missing; never inherited, never through a symbolic link."""
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    try:
        descriptor = os.open(path, flags, 0o600)
    except PermissionError as error:
        raise DatabaseUnavailable(
            f"The embedded database below {path.parent.parent} belongs to another account; "
            "run Slomix as that account, or choose another folder with SLOMIX_DATA_DIR."
        ) from error
    owner = os.stat(path.parent)
    if os.geteuid() == 0 and owner.st_uid != os.fstat(descriptor).st_uid:
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
    return descriptor


def try_lock(descriptor: int, *, exclusive: bool) -> bool:
    """Take the lock if it is free."""
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
