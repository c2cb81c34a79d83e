"""The keeper: a tiny process that owns the embedded PostgreSQL. Standard library only; run as a script.

It makes the cluster when there is none, is the parent of `postgres`, starts it again when it is killed, and stops it
when nobody holds the lease any more (every attached program holds a shared lock on it) or when told to by SIGTERM.
When the keeper itself is killed, the kernel sends PostgreSQL a SIGINT, and that is a clean shutdown.

Its one argument is a JSON object: see `Plan`.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import glob
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from typing import Any, TypedDict

POLL = 0.3
#: After a kill -9 of its predecessor PostgreSQL refuses to start for a moment, with one of these words in its log.
BUSY = (b"already exists", b"still in use")
#: Starts that fail for other reasons, one after the other, before the keeper gives up.
ATTEMPTS = 3
#: A server that ran for longer than this, in seconds, was a good start.
SETTLED = 10.0
SOCKET_NAME = ".s.PGSQL.5432"
ROTATE_BYTES = 8 << 20
PR_SET_PDEATHSIG = 1


class Plan(TypedDict):
    """What to keep. `uid` and `gid` are None when no switch of account is needed; `keeper_fd` is the locked file."""

    keeper_fd: int
    lease: str
    data: str
    bindir: str
    major: int
    socket: str
    log: str
    durable: bool
    uid: int | None
    gid: int | None


class Keeper:
    """One PostgreSQL and the reasons to keep it running."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.told_to_stop = False
        self.lease = os.open(plan["lease"], os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
        self.wake, write = os.pipe()
        os.set_blocking(self.wake, False)
        os.set_blocking(write, False)
        signal.set_wakeup_fd(write, warn_on_full_buffer=False)
        signal.signal(signal.SIGTERM, self._on_stop)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for ignored in (signal.SIGINT, signal.SIGHUP):
            signal.signal(ignored, signal.SIG_IGN)

    def _on_stop(self, *_: object) -> None:
        self.told_to_stop = True

    def run(self) -> int:
        """Keep until there is no reason any more; answers the exit code."""
        self.note("running")
        if not os.path.exists(os.path.join(self.plan["data"], "PG_VERSION")):
            make_cluster(self.plan)
        server, failures = Server(self.plan), 0
        while self.wanted():
            self.pause()
            if server.process.poll() is None:
                if server.lost_its_socket():
                    say("the socket is gone: the next start makes another")
                    break
                continue
            say(f"postgres ended with {server.process.returncode}")
            failures = 0 if server.may_start_again() else failures + 1
            if failures >= ATTEMPTS:
                return 1
            time.sleep(0.1)
            server = Server(self.plan)
        if self.told_to_stop:
            self.note("stopped")
        server.stop()
        with contextlib.suppress(OSError):
            os.rmdir(self.plan["socket"])
        return 0

    def wanted(self) -> bool:
        """Whether somebody still needs the server. Takes the lease for good when nobody holds it."""
        if self.told_to_stop:
            return False
        try:
            fcntl.flock(self.lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pass
        else:
            return False
        try:
            return os.stat(self.plan["lease"]).st_ino == os.fstat(self.lease).st_ino
        except FileNotFoundError:
            return False

    def pause(self) -> None:
        """Sleep until the next look, or a signal."""
        if select.select([self.wake], [], [], POLL)[0]:
            os.read(self.wake, 512)

    def note(self, state: str) -> None:
        """Write who and where we are into the locked file: it is true as long as the lock is held."""
        told = {"pid": os.getpid(), "state": state, "socket": self.plan["socket"], "data": self.plan["data"]}
        descriptor = self.plan["keeper_fd"]
        text = json.dumps(told).encode()
        os.pwrite(descriptor, text, 0)
        os.ftruncate(descriptor, len(text))


class Server:
    """One run of `postgres`, on the private socket only."""

    def __init__(self, plan: Plan) -> None:
        self.socket = os.path.join(plan["socket"], SOCKET_NAME)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.socket)  # of a killed predecessor
        self.bound = False
        self.began = time.monotonic()
        self.said = os.fstat(2).st_size  # the log is our standard error
        settings = server_settings(plan)
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self.process = spawn(plan, [os.path.join(plan["bindir"], "postgres"), "-D", plan["data"], *options])

    def lost_its_socket(self) -> bool:
        """Whether somebody removed the socket after the server made it, which is the first thing it does."""
        there = os.path.exists(self.socket)
        lost = not there and (self.bound or time.monotonic() - self.began > SETTLED)
        self.bound = there
        return lost

    def may_start_again(self) -> bool:
        """Whether the end was no failed start: it was killed, it ran well, or its predecessor is not gone yet."""
        if self.process.returncode < 0 or time.monotonic() - self.began > SETTLED:
            return True
        with open("/dev/stderr", "rb", buffering=0) as log:
            log.seek(self.said)
            told = log.read()
        return any(words in told for words in BUSY)

    def stop(self) -> None:
        """A fast, clean shutdown; an immediate one (it recovers at the next start) when that takes too long."""
        for sign, patience in ((signal.SIGINT, 60), (signal.SIGQUIT, 10), (signal.SIGKILL, 10)):
            if self.process.poll() is None:
                self.process.send_signal(sign)
                try:
                    self.process.wait(patience)
                except subprocess.TimeoutExpired:
                    say(f"postgres does not stop on {sign.name}")


def server_settings(plan: Plan) -> dict[str, str]:
    """What `postgres` is told on its command line."""
    settings = {
        "listen_addresses": "",
        "port": "5432",
        "unix_socket_directories": plan["socket"],
        "unix_socket_permissions": "0700",
        "shared_buffers": "64MB",
        # no disk has to move its head, and most of it is in memory: PostgreSQL assumes neither
        "random_page_cost": "1.1",
        "max_connections": "100",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_checkpoints": "off",
        "logging_collector": "off",
        "log_destination": "stderr",
    }
    if not plan["durable"]:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    return settings


def say(text: str) -> None:
    """One line in the log."""
    print(f"{time.strftime('%Y-%m-%d %H:%M:%S UTC', time.gmtime())} keeper[{os.getpid()}]: {text}", flush=True)


def spawn(plan: Plan, command: Sequence[str], **more: Any) -> subprocess.Popen[bytes]:
    """Start a program of PostgreSQL under its account; it gets a SIGINT when this process dies."""
    # dlopen before the fork: only the bare call is left for the child
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None

    def in_child() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        if libc is not None:
            libc.prctl(PR_SET_PDEATHSIG, int(signal.SIGINT))

    switch: dict[str, Any] = {}
    if plan["uid"] is not None:
        switch = {"user": plan["uid"], "group": plan["gid"], "extra_groups": []}
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "HOME": "/", "TZ": "UTC"}
    more.setdefault("stdin", subprocess.DEVNULL)
    return subprocess.Popen(  # noqa: S603 (programs that the starter found)
        command,
        env=environment,
        cwd="/",
        preexec_fn=in_child,  # noqa: PLW1509 (this process has one thread)
        umask=0o077,
        **switch,
        **more,
    )


def make_cluster(plan: Plan) -> None:
    """Make the cluster beside its place and move it there when it is complete."""
    data = plan["data"]
    for leftover in glob.glob(glob.escape(data) + ".new-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    parent = os.path.dirname(data)
    for locale in locales(plan["major"]):
        fresh = tempfile.mkdtemp(prefix=os.path.basename(data) + ".new-", dir=parent)
        if plan["uid"] is not None and plan["gid"] is not None:
            os.chown(fresh, plan["uid"], plan["gid"])
        sync = [] if plan["durable"] else ["--no-sync"]
        init = [os.path.join(plan["bindir"], "initdb"), "-D", fresh, "-U", "slomix", "-A", "trust", "-E", "UTF8"]
        if spawn(plan, [*init, "--data-checksums", *locale, *sync], stdout=subprocess.DEVNULL).wait() == 0:
            break
        shutil.rmtree(fresh, ignore_errors=True)
    else:
        raise SystemExit("initdb failed")
    durable = [] if plan["durable"] else ["-c", "fsync=off"]
    single = [os.path.join(plan["bindir"], "postgres"), "--single", "-j", "-D", fresh, *durable, "postgres"]
    with spawn(plan, single, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as server:
        server.communicate(b"create database slomix;\n\n")
    if server.returncode != 0:
        raise SystemExit("the database 'slomix' could not be created")
    os.rename(fresh, data)
    folder = os.open(parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def locales(major: int) -> list[list[str]]:
    """Arguments of initdb, best first. Since 17 PostgreSQL has a C.UTF-8 of its own, which no system update changes."""
    if major >= 17:
        return [["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]]
    return [["--locale=C.UTF-8"], ["--locale=C"]]


def redirect_output(log: str) -> None:
    """Send what we and PostgreSQL say to the log; one older file is kept."""
    if os.path.exists(log) and os.path.getsize(log) > ROTATE_BYTES:
        os.replace(log, log + ".1")
    descriptor = os.open(log, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
    for stream in (1, 2):
        os.dup2(descriptor, stream)
    os.close(descriptor)


def main() -> int:
    plan: Plan = json.loads(sys.argv[1])
    if os.fork():
        os._exit(0)  # who started us has its child back; we belong to nobody and leave no zombie
    os.chdir("/")
    os.set_inheritable(plan["keeper_fd"], False)
    redirect_output(plan["log"])
    return Keeper(plan).run()


if __name__ == "__main__":
    sys.exit(main())
