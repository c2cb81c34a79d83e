"""Fetching by SFTP from a real SSH server on loopback, with a real client."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from slomix.ingest.pipeline import Pipeline
from slomix.ingest.remote import states
from slomix.ingest.sftp import poll
from slomix.settings import SftpSource
from slomix.storage.database import Database

pytestmark = pytest.mark.plugins("stats")


@dataclass
class GameHost:
    """An SSH server with a folder. `cut_after` closes the connection once, when so many bytes were read."""

    home: Path
    cut_after: int | None = None
    read: list[tuple[str, int, int]] = field(default_factory=list)
    port: int = 0

    def __post_init__(self) -> None:
        self.gamestats = self.home / "game"
        self.gamestats.mkdir()
        self.host_key = asyncssh.generate_private_key("ssh-ed25519")
        user = asyncssh.generate_private_key("ssh-ed25519")
        user.write_private_key(self.home / "id", "pkcs8-pem", passphrase="opens it")
        self.authorized = user.export_public_key().decode()

    def trust(self, key: asyncssh.SSHKey) -> None:
        """Write the client's known_hosts."""
        (self.home / "known_hosts").write_text(f"[127.0.0.1]:{self.port} {key.export_public_key().decode()}")

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Until the block ends; on the same port when it is entered again."""
        outer = self

        class Sftp(asyncssh.SFTPServer):
            def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> object:
                self.path = os.path.basename(path).decode()
                return super().open(path, pflags, attrs)

            def read(self, file_obj: Any, offset: int, size: int) -> bytes:
                data: bytes = super().read(file_obj, offset, size)  # type: ignore[assignment]
                outer.read.append((self.path, offset, len(data)))
                if outer.cut_after is not None and offset + len(data) > outer.cut_after:
                    outer.cut_after = None
                    self.channel.get_connection().abort()
                return data

        server = await asyncssh.listen(
            "127.0.0.1", self.port, server_host_keys=[self.host_key],
            authorized_client_keys=asyncssh.import_authorized_keys(self.authorized),
            sftp_factory=lambda channel: Sftp(channel, chroot=str(self.home).encode()),
        )  # fmt: skip
        self.port = server.get_port()
        try:
            yield
        finally:
            server.close()
            await server.wait_closed()

    def source(self) -> SftpSource:
        return SftpSource(
            host="127.0.0.1", port=self.port, user="et", key=self.home / "id", known_hosts=self.home / "known_hosts",
            folders=("/game",), server="Pub", every_s=1,
        )  # fmt: skip

    def read_of(self, name: str) -> list[int]:
        """The places in a file from which the client read."""
        return [offset for path, offset, _ in self.read if path == name]


@pytest.fixture
def host(tmp_path: Path) -> GameHost:
    home = tmp_path / "host"
    home.mkdir()
    return GameHost(home)


@pytest.fixture
def fetcher(make_pipeline: Callable[..., Pipeline], tmp_path: Path) -> Pipeline:
    return make_pipeline(data_dir=tmp_path / "var", ingest={"sftp_passphrase": "opens it"})


@asynccontextmanager
async def fetching(pipeline: Pipeline, db: Database, host: GameHost) -> AsyncIterator[None]:
    task = asyncio.create_task(poll(pipeline, db, host.source(), settle_s=0.3, first_pause_s=0.2))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(condition: Callable[[], Awaitable[object]]) -> None:
    async with asyncio.timeout(60):
        while not await condition():
            await asyncio.sleep(0.02)


def handled(db: Database, count: int) -> Callable[[], Awaitable[bool]]:
    async def check() -> bool:
        return bool(await db.fetchval("select count(*) from slomix.remote_file") >= count)

    return check


def in_trouble(db: Database, host: GameHost, text: str) -> Callable[[], Awaitable[bool]]:
    async def check() -> bool:
        found = await states(db, [host.source().name])
        return any(text in (state.trouble or "") for state in found)

    return check


async def outcomes(db: Database) -> list[tuple[str, str, str]]:
    rows = await db.fetch("select name, outcome, source from slomix.artifact order by seq")
    return [tuple(row) for row in rows]


async def test_it_fetches_in_the_order_of_time_once_and_a_new_start_reads_nothing_again(
    fetcher: Pipeline, db: Database, host: GameHost, files: Any
) -> None:
    first, second = files.round("2025-10-19-210000"), files.round("2025-10-19-210800", number=2, limit="8:00")
    for name, data in (second, first):
        (host.gamestats / name).write_bytes(data)
    (host.gamestats / "2025-10-19-210000-supply-round-1_ws.txt").write_bytes(b"x\n")
    (host.gamestats / "2025-10-19-210000-odd\nname-round-1.txt").write_bytes(b"x\n")
    (host.gamestats / "2025-10-19-210001-supply-round-1.txt").symlink_to("/etc/passwd")
    (host.gamestats / "demo.dm_84").write_bytes(b"\0" * 500_000)
    async with host.serving():
        host.trust(host.host_key)
        async with fetching(fetcher, db, host):
            await until(handled(db, 3))
        assert await outcomes(db) == [(name, "imported", "sftp") for name, _ in (first, second)]
        assert await db.fetchval("select name from slomix.server") == "Pub"
        assert host.read_of("demo.dm_84") == [0]  # no more than its head
        read = len(host.read)
        third = files.round("2025-10-19-213000", "te_escape2")
        async with fetching(fetcher, db, host):
            (host.gamestats / third[0]).write_bytes(third[1])
            await until(handled(db, 4))
            rewritten = files.round("2025-10-19-210000", kills=9)
            (host.gamestats / first[0]).write_bytes(rewritten[1])
            os.utime(host.gamestats / first[0], (1, 1))  # also where the clock over there is odd
            revised = "select count(*) from slomix.artifact where revision"
            await until(lambda: db.fetchval(revised))
    assert {name for name, *_ in host.read[read:]} == {third[0], first[0]}
    assert not list((fetcher.settings.data_dir / "sftp").iterdir())


async def test_a_file_that_grows_while_it_is_listed_waits_until_it_is_done(
    fetcher: Pipeline, db: Database, host: GameHost, files: Any
) -> None:
    name, data = files.round("2025-10-19-210000")
    async with host.serving():
        host.trust(host.host_key)
        (host.gamestats / name).write_bytes(data[:90])
        async with fetching(fetcher, db, host):
            await until(lambda: asyncio.sleep(0, host.read_of(name)))  # it was fetched, and its end is missing
            assert await outcomes(db) == []
            (host.gamestats / name).write_bytes(data)
            await until(handled(db, 1))
    assert await outcomes(db) == [(name, "imported", "sftp")]


async def test_a_connection_that_is_cut_goes_on_where_it_was(
    fetcher: Pipeline, db: Database, host: GameHost, files: Any
) -> None:
    name, data = files.round("2025-10-19-210000")
    large = data + b"x" * 700_000 + b"\n"
    (host.gamestats / name).write_bytes(large)
    host.cut_after = 300_000
    async with host.serving():
        host.trust(host.host_key)
        async with fetching(fetcher, db, host):
            await until(handled(db, 1))
    assert host.cut_after is None
    assert host.read_of(name).count(0) == 1
    raw = await db.fetchval("select size from slomix.artifact")
    assert raw == len(large)


async def test_an_unknown_host_key_is_refused_and_said_once(
    fetcher: Pipeline, db: Database, host: GameHost, files: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    name, data = files.round("2025-10-19-210000")
    (host.gamestats / name).write_bytes(data)
    async with host.serving():
        host.trust(asyncssh.generate_private_key("ssh-ed25519"))
        async with fetching(fetcher, db, host):
            await until(in_trouble(db, host, "host key"))
            assert host.read == []
            host.trust(host.host_key)
            await until(handled(db, 1))
    (state,) = await states(db, [host.source().name])
    assert (state.trouble, state.trouble_since) == (None, None)
    assert state.checked_at is not None
    said = capsys.readouterr()
    assert (said.out + said.err).count("sftp source is in trouble") == 1


async def test_who_is_not_let_in_and_what_is_not_there_is_told(
    fetcher: Pipeline, db: Database, host: GameHost, files: Any
) -> None:
    name, data = files.round("2025-10-19-210000")
    async with host.serving():
        host.trust(host.host_key)
        right = host.authorized
        host.authorized = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    async with fetching(fetcher, db, host):
        await until(in_trouble(db, host, "can not be asked"))
        async with host.serving():
            await until(in_trouble(db, host, "does not let et in"))
        host.authorized = right
        host.gamestats.rename(host.home / "elsewhere")
        async with host.serving():
            await until(in_trouble(db, host, "/game can not be listed"))
            (host.home / "elsewhere").rename(host.gamestats)
            (host.gamestats / name).write_bytes(data)
            await until(handled(db, 1))
    assert await outcomes(db) == [(name, "imported", "sftp")]


async def test_of_two_processes_one_fetches(fetcher: Pipeline, db: Database, host: GameHost, files: Any) -> None:
    names = [files.round(f"2025-10-19-21{minute}000", kills=minute + 1) for minute in range(4)]
    for name, data in names:
        (host.gamestats / name).write_bytes(data)
    async with host.serving():
        host.trust(host.host_key)
        async with fetching(fetcher, db, host), fetching(fetcher, db, host):
            await until(handled(db, 4))
    assert sorted(offset for _, offset, size in host.read if size) == [0, 0, 0, 0]
