"""The embedded server seen by the programs that share it: start, attach, last one out, and kill -9 of everybody."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import signal
import stat
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
import pytest

from slomix.errors import DatabaseUnavailable
from slomix.storage.account import own_account
from slomix.storage.embedded import attach, status, stop
from slomix.storage.layout import SOCKET_NAME, Home, socket_folder

from .conftest import is_alive, postmaster, wait_until

if TYPE_CHECKING:
    from .conftest import Program

    Run = Callable[..., Program]


def test_first_starts_second_attaches_last_one_out_stops(place: Path, run: Run) -> None:
    data = place / "var"
    first = run(data)
    assert first.read()["how"] == "started"
    second = run(data)
    assert second.read()["how"] == "attached"
    running = status(data)
    version = (running.data / "PG_VERSION").read_text().strip()  # type: ignore[operator]
    assert running.data == data / f"pgdata-{version}"
    server = postmaster(running)
    first.leave()
    assert second.do("numbers") == {"numbers": []}
    second.leave()
    wait_until(lambda: not status(data).running)
    assert not is_alive(server)


def test_many_that_start_at_once_share_one_server(place: Path, run: Run) -> None:
    programs = [run(place / "var") for _ in range(5)]
    answers = [program.read() for program in programs]
    assert sorted(answer["how"] for answer in answers) == ["attached"] * 4 + ["started"]
    assert len({answer["dsn"] for answer in answers}) == 1


def test_a_killed_program_loses_nothing_and_does_not_keep_the_server(data: Path, run: Run) -> None:
    program = run(data)
    program.read()
    program.give("insert")
    told = [program.read()["committed"] for _ in range(20)]
    told += [answer["committed"] for answer in program.kill()]
    wait_until(lambda: not status(data).running)
    after = run(data)
    assert after.read()["how"] == "started"
    numbers = after.do("numbers")["numbers"]
    assert numbers[: len(told)] == told
    assert len(numbers) - len(told) in (0, 1)  # the commit it could not tell any more


def test_a_killed_postmaster_comes_back_with_every_row(data: Path, run: Run) -> None:
    program = run(data)
    program.read()
    for _ in range(3):
        program.do("add")
        before = postmaster(status(data))
        os.kill(before, signal.SIGKILL)
        wait_until(lambda before=before: postmaster(status(data)) != before)  # type: ignore[misc]
        assert program.do("add") == {"added": True}
    assert program.do("numbers") == {"numbers": [1, 2, 3, 4, 5, 6]}
    assert run(data).read()["how"] == "attached"


def test_a_killed_keeper_is_replaced_by_who_needs_it_next(data: Path, run: Run) -> None:
    program = run(data)
    program.read()
    program.do("add")
    keeper, server = status(data).pid, postmaster(status(data))
    assert keeper is not None
    os.kill(keeper, signal.SIGKILL)
    wait_until(lambda: not is_alive(server))
    assert program.do("add") == {"added": True}
    assert status(data).pid not in (None, keeper)
    assert postmaster(status(data)) != server
    assert run(data).read()["how"] == "attached"
    assert program.do("numbers") == {"numbers": [1, 2]}


def test_a_killed_keeper_makes_a_clean_shutdown(data: Path, run: Run) -> None:
    program = run(data)
    program.read()
    running = status(data)
    keeper, server = running.pid, postmaster(running)
    assert keeper is not None
    os.kill(keeper, signal.SIGKILL)
    wait_until(lambda: not is_alive(server))
    assert "database system is shut down" in running.log.read_text()
    program.kill()
    assert run(data).read()["how"] == "started"


def test_everybody_killed_at_once_heals(data: Path, run: Run) -> None:
    program = run(data)
    program.read()
    program.do("add")
    keeper, server = status(data).pid, postmaster(status(data))
    assert keeper is not None
    for pid in (server, keeper):
        os.kill(pid, signal.SIGKILL)
    program.kill()
    again = run(data)
    assert again.read()["how"] == "started"
    assert again.do("numbers") == {"numbers": [1]}


def test_a_kill_in_the_middle_of_the_first_start_heals(place: Path, run: Run) -> None:
    data = place / "var"
    program = run(data)
    wait_until(lambda: any(data.glob("pgdata-*.new-*/base")))
    keeper = status(data).pid
    assert keeper is not None
    program.kill()
    os.kill(keeper, signal.SIGKILL)
    assert run(data).read()["how"] == "started"
    assert not list(data.glob("*.new-*"))


def test_interrupting_the_starter_leaves_the_server_to_the_others(data: Path, run: Run) -> None:
    starter = run(data, start_new_session=True)
    assert starter.read()["how"] == "started"
    other = run(data)
    other.read()
    server = postmaster(status(data))
    os.killpg(starter.process.pid, signal.SIGINT)  # what Ctrl-C does to a terminal's whole process group
    starter.process.wait(10)
    assert other.do("add") == {"added": True}
    assert postmaster(status(data)) == server


async def test_stop_stops_it_whoever_holds_it_until_somebody_starts_it(data: Path, run: Run) -> None:
    holder = run(data)
    holder.read()
    holder.do("add")
    server = postmaster(status(data))
    assert await stop(data)
    assert not is_alive(server)
    assert not await stop(data)
    answer = holder.do("add")
    assert answer["error"].startswith("DatabaseUnavailable")
    assert "slomix db stop" in answer["error"]
    assert not status(data).running
    assert run(data).read()["how"] == "started"
    assert holder.do("numbers") == {"numbers": [1]}


async def test_attaching_while_the_keeper_is_leaving(data: Path) -> None:
    moments = random.Random(2)
    for _ in range(6):
        attachment = await attach(data)
        await attachment.release()
        await asyncio.sleep(moments.uniform(0.2, 0.45))  # the keeper notices after 0.3 s at most
        attachment = await attach(data)
        await asyncio.sleep(0.35)
        connection = await asyncpg.connect(attachment.dsn)
        assert await connection.fetchval("select 1") == 1
        await connection.close()
        await attachment.release()


async def test_a_data_folder_of_any_length(place: Path) -> None:
    data = place / "var"
    deep = data.joinpath(*["a-rather-long-folder-name"] * 6)
    assert len(os.fsencode(deep)) > 150
    attachment = await attach(deep)
    try:
        connection = await asyncpg.connect(attachment.dsn)
        assert await connection.fetchval("select current_database()") == "slomix"
        folder = Path(await connection.fetchval("show unix_socket_directories"))
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert len(os.fsencode(folder / SOCKET_NAME)) < 107
        assert await connection.fetchval("show listen_addresses") == ""
        assert await connection.fetchval("show data_checksums") == "on"
        assert await connection.fetchval("select lower('ŽIŽEK')") == "žižek"
        await connection.close()
    finally:
        await attachment.release()
        await stop(deep)


async def test_a_removed_data_folder_ends_its_server(data: Path) -> None:
    attachment = await attach(data)
    keeper, server = status(data).pid, postmaster(status(data))
    assert keeper is not None
    shutil.rmtree(data, ignore_errors=True)
    wait_until(lambda: not is_alive(keeper) and not is_alive(server))
    await attachment.release()
    with suppress(FileNotFoundError):
        shutil.rmtree(data)
    attachment = await attach(data)
    assert attachment.how == "started"
    await attachment.release()


async def test_a_wiped_socket_folder_heals(data: Path, run: Run) -> None:
    program = run(data)
    dsn = program.read()["dsn"]
    folder = Path(dsn.partition("host=")[2])
    await asyncio.sleep(0.7)  # the keeper has seen it: it looks every 0.3 s
    shutil.rmtree(folder)
    keeper = status(data).pid
    assert keeper is not None
    wait_until(lambda: not is_alive(keeper))
    assert program.do("add") == {"added": True}
    assert run(data).read()["how"] == "attached"


async def test_data_of_another_major_version_is_not_ignored(place: Path) -> None:
    old = place / "var" / "pgdata-9"
    old.mkdir(parents=True)
    (old / "PG_VERSION").write_text("9\n")
    with pytest.raises(DatabaseUnavailable, match=r"pgdata-9 .*pg_dump"):
        await attach(place / "var")
    assert sorted(path.name for path in (place / "var").glob("pgdata*")) == ["pgdata-9"]


async def test_a_server_that_can_not_start_says_why(data: Path) -> None:
    await (await attach(data)).release()
    await stop(data)
    cluster = next(data.glob("pgdata-*"))
    (cluster / "global" / "pg_control").unlink()
    with pytest.raises(DatabaseUnavailable, match="pg_control"):
        await attach(data)


@pytest.mark.parametrize("kind", ["open", "link", "file"])
def test_a_socket_folder_that_is_not_private_is_refused(tmp_path: Path, kind: str) -> None:
    tmp_path.chmod(0o700)
    runtime = Path(os.path.realpath(tmp_path))
    home, account = Home(tmp_path / "home"), own_account()
    environ = {"XDG_RUNTIME_DIR": str(runtime)} if len(str(runtime)) < 60 else {}
    folder = socket_folder(home, account, environ)
    folder.rmdir()
    try:
        if kind == "open":
            folder.mkdir()
            folder.chmod(0o755)
        elif kind == "link":
            folder.symlink_to(tmp_path)
        else:
            folder.touch(0o700)
        with pytest.raises(DatabaseUnavailable, match="remove it"):
            socket_folder(home, account, environ)
    finally:
        if kind == "open":
            folder.rmdir()
        else:
            folder.unlink()


def test_the_socket_stays_where_programs_remember_it(tmp_path: Path) -> None:
    home, account = Home(tmp_path), own_account()
    runtime = Path(tempfile.mkdtemp(prefix="xdg-"))
    try:
        private = socket_folder(home, account, {"XDG_RUNTIME_DIR": str(runtime)})
        assert private.parent == runtime
        assert socket_folder(home, account, {}, before=str(private)) == private
        common = socket_folder(home, account, {}, before=str(runtime / "gone" / private.name))
        assert common.parent == Path("/tmp")
        assert socket_folder(home, account, {}, before="/tmp/slomix-of-another-home") == common
        common.rmdir()
        long = runtime / ("x" * 90)
        long.mkdir()
        assert socket_folder(home, account, {"XDG_RUNTIME_DIR": str(long)}) == common
        common.rmdir()
    finally:
        shutil.rmtree(runtime)
