"""PostgreSQL servers of a test's own: any version, a read replica, a pooler in front, restarts at will.

For what the shared test server can not show. They listen on sockets in a private folder and go without fsync unless
asked; as root they run under an unprivileged account.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from slomix.storage.account import Account, pick_account
from slomix.storage.binaries import SYSTEM, WHEEL, Binaries, find_binaries, runnable_by

#: Sockets need a number even where no network is involved.
PORT = 5432
PATIENCE_S = 30.0


def binaries_of(major: int) -> Binaries | None:
    """The programs of one major version, from the wheel or the machine; None when there are none."""
    spec = find_spec(WHEEL)
    places = [Path(place) for place in (spec.submodule_search_locations or ())] if spec else []
    # the wheel keeps the version that it upgrades from in a folder without a number
    named = {18: "pginstall18", 16: "pginstall"}.get(major)
    folders = [place / named / "bin" for place in places] if named else []
    for folder in (*folders, SYSTEM / str(major) / "bin"):
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            return Binaries(folder, major)
    return None


def pgbouncer_program() -> str | None:
    """Where pgbouncer is; None when it is not installed."""
    return shutil.which("pgbouncer", path="/usr/sbin:/usr/bin:/usr/local/bin:/usr/local/sbin")


class Cluster:
    """One server. `dsn` is its database `slomix`; everything is as its superuser, without a password."""

    def __init__(self, folder: Path, binaries: Binaries, account: Account, *, durable: bool = False) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.log = folder / "postgres.log"
        self._binaries = binaries
        self._account = account
        self._durable = durable

    @property
    def dsn(self) -> str:
        """The address of the database `slomix`."""
        return f"postgresql://slomix@/slomix?host={self.folder}"

    def make(self) -> None:
        """A new, empty cluster."""
        self.run("initdb", "-D", str(self.data), "-U", "slomix", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        self.start()
        self.run("psql", "-h", str(self.folder), "-U", "slomix", "-qc", "create database slomix", "postgres")

    def copy(self, primary: Cluster) -> None:
        """A standby that follows another server."""
        source = f"host={primary.folder} user=slomix"
        self.run("pg_basebackup", "-D", str(self.data), "-d", source, "-R", "-X", "stream", "-c", "fast", "--no-sync")
        self.start()

    def start(self) -> None:
        """Start, and wait until it accepts connections."""
        safety = "" if self._durable else " -c fsync=off -c full_page_writes=off"
        options = (
            f"-c listen_addresses= -c unix_socket_directories={self.folder} -p {PORT} -c max_connections=60{safety}"
        )
        self.run("pg_ctl", "start", "-w", "-s", "-D", str(self.data), "-l", str(self.log), "-o", options)

    def stop(self, mode: str = "fast") -> None:
        """Stop: `fast` cuts connections, `immediate` is a crash."""
        self.run("pg_ctl", "stop", "-w", "-s", "-D", str(self.data), "-m", mode)

    def run(self, program: str, *arguments: str) -> None:
        """One of PostgreSQL's programs. Raises `CalledProcessError`, with what it said in the message."""
        run_as(self._account, [str(self._binaries.folder / program), *arguments], self.folder / "programs.log")


@contextmanager
def cluster(*, major: int | None = None, durable: bool = False, of: Cluster | None = None) -> Iterator[Cluster]:
    """A running server, removed at the end; `of` makes it the standby of another one. It blocks: use it in fixtures.

    `major` None takes what Slomix itself would take.
    """
    binaries = find_binaries() if major is None else binaries_of(major)
    if binaries is None:
        raise LookupError(f"there is no PostgreSQL {major} on this machine")
    account = pick_account(None)
    with private_folder(account) as folder:
        server = Cluster(folder, runnable_by(account, binaries), account, durable=durable)
        try:
            if of is None:
                server.make()
            else:
                server.copy(of)
            yield server
        finally:
            with suppress(subprocess.CalledProcessError):  # the test stopped it
                server.stop("immediate")


@contextmanager
def pgbouncer(server: Cluster, *, pool_size: int = 5) -> Iterator[str]:
    """A pooler in transaction mode before a server; gives the address through it."""
    program = pgbouncer_program()
    if program is None:
        raise LookupError("pgbouncer is not installed")
    account = pick_account(None)
    with private_folder(account) as folder:
        (folder / "users.txt").write_text('"slomix" ""\n')
        (folder / "pgbouncer.ini").write_text(
            f"[databases]\n* = host={server.folder} port={PORT}\n"
            f"[pgbouncer]\nunix_socket_dir = {folder}\nlisten_addr =\nlisten_port = {PORT}\n"
            f"auth_type = trust\nauth_file = {folder}/users.txt\npool_mode = transaction\n"
            f"default_pool_size = {pool_size}\nlogfile = {folder}/pgbouncer.log\n"
        )
        process = subprocess.Popen(  # noqa: S603 (a program that we found ourselves)
            [program, "-q", str(folder / "pgbouncer.ini")], cwd="/", stderr=subprocess.DEVNULL, **switch(account)
        )
        try:
            end = time.monotonic() + PATIENCE_S
            while not (folder / f".s.PGSQL.{PORT}").exists():
                if process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(f"pgbouncer did not start: {(folder / 'pgbouncer.log').read_text()}")
                time.sleep(0.01)
            yield f"postgresql://slomix@/slomix?host={folder}"
        finally:
            process.kill()
            process.wait()


@contextmanager
def private_folder(account: Account) -> Iterator[Path]:
    """A folder in the temporary one that belongs to the account, with a short path; removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="slomix-pg-"))
    if account.switch:
        shutil.chown(folder, account.uid, account.gid)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def switch(account: Account) -> dict[str, Any]:
    """Arguments of `subprocess` that run a program under the account."""
    return {"user": account.uid, "group": account.gid, "extra_groups": []} if account.switch else {}


def run_as(account: Account, command: Sequence[str], log: Path) -> None:
    """Run a program to its end under the account. Raises `CalledProcessError` with what it said."""
    with log.open("ab") as said:  # a pipe would stay open as long as the server that was started
        done = subprocess.run(  # noqa: S603 (programs that we found ourselves)
            command,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            cwd="/",
            timeout=120,
            **switch(account),
        )
    if done.returncode:
        raise subprocess.CalledProcessError(done.returncode, command, log.read_text(errors="replace"))
