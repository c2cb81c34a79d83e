"""The embedded PostgreSQL: the first program starts it, others attach, the last one out stops it.

Every attached program holds a shared lock on the lease file for as long as it lives; the keeper process (`keeper.py`)
stops PostgreSQL when it gets that lock exclusively. All decisions are made by locks and by connecting: process ids of
dead programs are never believed.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import asyncpg

from slomix.errors import DatabaseUnavailable
from slomix.storage import keeper
from slomix.storage.account import Account
from slomix.storage.binaries import find_binaries, runnable_by
from slomix.storage.layout import Home, data_folder, find_home, make_home, open_lock, socket_folder, try_lock

#: Longest time for a start (crash recovery, initdb on a slow disk) and for a stop, in seconds.
PATIENCE = 90.0
_PAUSE = 0.02
_KEEPER = Path(keeper.__file__)


@dataclass(frozen=True, slots=True)
class Status:
    """What is known of the embedded database of a data folder. `pid` is the keeper's; None when it does not run."""

    running: bool
    home: Path
    data: Path | None
    dsn: str | None
    pid: int | None
    log: Path


class Attachment:
    """This process's hold on the embedded server. Keep it until the last query is done."""

    def __init__(self, home: Home, account: Account, lease: int, durable: bool) -> None:
        self._home = home
        self._account = account
        self._lease: int | None = lease
        self._durable = durable
        self.dsn = ""
        self.how: Literal["started", "attached"] = "attached"

    async def ensure(self) -> None:
        """Start the server again when it is gone (its keeper was killed).

        Raises `DatabaseUnavailable` when somebody stopped it on purpose with `slomix db stop`.
        """
        async with _locked(self._home):
            if _told(self._home).get("state") == "stopped":
                raise DatabaseUnavailable(
                    f"The embedded database below {self._home.folder} was stopped with 'slomix db stop'; "
                    "start this program again."
                )
            await self._serve()

    async def release(self) -> None:
        """Let go. The server stops within half a second when nobody else holds it."""
        lease, self._lease = self._lease, None
        if lease is not None:
            os.close(lease)

    async def _serve(self) -> None:
        """Under the start lock: find the server, or start it; sets `dsn` and `how`."""
        home = self._home
        if await _serves(home):
            self.dsn, self.how = _dsn(home), "attached"
            return
        await _end_orphan(home)
        mark = home.log.stat().st_size if home.log.exists() else 0
        _spawn(home, self._account, self._durable)
        if not await _serves(home):
            raise DatabaseUnavailable(f"PostgreSQL did not start: {_complaint(home.log, mark)} See {home.log}.")
        self.dsn, self.how = _dsn(home), "started"


async def attach(data_dir: Path, *, run_as: str | None = None, durable: bool = True) -> Attachment:
    """Attach to the embedded server of this data folder, starting it when it does not run.

    `run_as` is the account for PostgreSQL when we are root. `durable=False` is for tests: a power cut may lose data.
    Raises `DatabaseUnavailable` with the reason.
    """
    home, account = make_home(data_dir, run_as)
    async with _locked(home):
        lease = open_lock(home.lease)
        attachment = Attachment(home, account, lease, durable)
        try:
            # a keeper that is just stopping holds it exclusively until PostgreSQL is down
            await _take(lease, exclusive=False, what=f"the lease {home.lease}")
            await attachment._serve()
        except BaseException:
            await attachment.release()
            raise
    return attachment


async def stop(data_dir: Path) -> bool:
    """Stop the embedded server whoever uses it; True when it ran. Raises `DatabaseUnavailable` if it will not."""
    home = find_home(data_dir)
    if not _was_started(home) or not _keeper_runs(home):
        return False
    end = time.monotonic() + PATIENCE
    asked: int | None = None
    while _keeper_runs(home):
        pid = _told(home).get("pid")
        if isinstance(pid, int) and pid != asked and _keeper_runs(home):
            try:
                os.kill(pid, signal.SIGTERM)
            except ProcessLookupError:
                continue
            except PermissionError as error:
                raise DatabaseUnavailable(
                    f"The embedded database below {home.folder} runs under another account; stop it as that account."
                ) from error
            asked = pid
        if time.monotonic() > end:
            raise DatabaseUnavailable(f"The embedded database below {home.folder} does not stop; see {home.log}.")
        await asyncio.sleep(_PAUSE)
    return True


def status(data_dir: Path) -> Status:
    """What the locks say; connects to nothing and creates nothing."""
    home = find_home(data_dir)
    if not _was_started(home) or not _keeper_runs(home):
        return Status(False, home.folder, None, None, None, home.log)
    told = _told(home)
    data = told.get("data")
    return Status(True, home.folder, Path(data) if data else None, _dsn(home), told.get("pid"), home.log)


def _spawn(home: Home, account: Account, durable: bool) -> None:
    """Start the keeper. It inherits the locked keeper file, so that there is never a second one."""
    found = find_binaries()
    data = data_folder(home, found.major)
    binaries = runnable_by(account, found)
    socket = socket_folder(home, account, before=_told(home).get("socket"))
    descriptor = open_lock(home.keeper_lock)
    try:
        for _ in range(100):
            if try_lock(descriptor, exclusive=True):
                break
            time.sleep(0.001)  # somebody looks at it this very moment
        os.ftruncate(descriptor, 0)
        plan: keeper.Plan = {
            "keeper_fd": descriptor,
            "lease": str(home.lease),
            "data": str(data),
            "bindir": str(binaries.folder),
            "major": binaries.major,
            "socket": str(socket),
            "log": str(home.log),
            "durable": durable,
            "uid": account.uid if account.switch else None,
            "gid": account.gid if account.switch else None,
        }
        subprocess.run(  # noqa: S603 (our own script; it forks at once)
            [sys.executable, "-I", "-S", "-E", str(_KEEPER), json.dumps(plan)],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[descriptor],
            start_new_session=True,
        )
    finally:
        os.close(descriptor)


async def _serves(home: Home) -> bool:
    """Wait until the server answers; False when there is no keeper (any more) who could bring it up."""
    end = time.monotonic() + PATIENCE
    while _keeper_runs(home):
        if _told(home).get("state") == "running" and await _answers(_dsn(home)):
            return True
        if time.monotonic() > end:
            raise DatabaseUnavailable(
                f"The embedded PostgreSQL did not answer within {PATIENCE:.0f} s; see {home.log}."
            )
        await asyncio.sleep(_PAUSE)
    return False


async def _end_orphan(home: Home) -> None:
    """Stop a server whose keeper was killed. On Linux the kernel has told it already, elsewhere we do."""
    told = _told(home)
    if "socket" not in told:
        return
    try:
        connection = await asyncpg.connect(_dsn(home), timeout=2)
    except (OSError, asyncpg.PostgresError):
        return
    try:
        # the server that answers wrote this file, so this process id is alive and its own
        pid = int((await connection.fetchval("select pg_read_file('postmaster.pid')")).split("\n")[0])
        os.kill(pid, signal.SIGINT)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        pass  # it is going down by itself
    finally:
        connection.terminate()


async def _answers(dsn: str) -> bool:
    try:
        connection = await asyncpg.connect(dsn, timeout=5)
    except asyncpg.TooManyConnectionsError:
        return True
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return False
    await connection.close()
    return True


def _was_started(home: Home) -> bool:
    """Whether there is a keeper file: to look at it would make one."""
    try:
        os.stat(home.keeper_lock)
    except PermissionError as error:
        raise DatabaseUnavailable(
            f"The embedded database below {home.folder} belongs to another account; ask as that account."
        ) from error
    except OSError:
        return False
    return True


def _keeper_runs(home: Home) -> bool:
    """Whether a keeper (or a program that is just starting one) holds the keeper file."""
    descriptor = open_lock(home.keeper_lock)
    try:
        return not try_lock(descriptor, exclusive=False)
    finally:
        os.close(descriptor)


def _told(home: Home) -> dict[str, Any]:
    """What the keeper wrote: pid, state, socket, data. Empty when it wrote nothing yet."""
    try:
        told = json.loads(home.keeper_lock.read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _dsn(home: Home) -> str:
    return f"postgresql://slomix@/slomix?host={_told(home).get('socket', '')}"


def _complaint(log: Path, mark: int) -> str:
    """The last line of the log since `mark` that names a cause."""
    if not log.exists():
        return "its keeper could not write a log."
    lines = log.read_bytes()[mark:].decode(errors="replace").splitlines()
    said = [line for line in lines if " keeper[" not in line]
    causes = [line for line in said if any(word in line for word in ("FATAL", "PANIC", "could not", "error:"))]
    return (causes or said or lines or ["it gave no reason"])[-1].strip().rstrip(".") + "."


@asynccontextmanager
async def _locked(home: Home) -> AsyncIterator[None]:
    """One program at a time looks for the server and starts it."""
    descriptor = open_lock(home.start_lock)
    try:
        await _take(descriptor, exclusive=True, what=f"the lock {home.start_lock}")
        yield
    finally:
        os.close(descriptor)


async def _take(descriptor: int, *, exclusive: bool, what: str) -> None:
    end = time.monotonic() + 2 * PATIENCE
    while not try_lock(descriptor, exclusive=exclusive):
        if time.monotonic() > end:
            raise DatabaseUnavailable(f"Another program holds {what} for minutes; see what it is doing.")
        await asyncio.sleep(_PAUSE)
