"""Root: PostgreSQL under another account, in folders that it can enter, and no permission widened."""

from __future__ import annotations

import os
import pwd
import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
import pytest

from slomix.errors import DatabaseUnavailable
from slomix.storage import binaries as binaries_module
from slomix.storage.account import Account, can_enter, pick_account
from slomix.storage.binaries import find_binaries, runnable_by
from slomix.storage.embedded import attach, status, stop
from slomix.storage.layout import ELSEWHERE, POINTER, find_home
from slomix.testing.folders import remove_cluster

from .conftest import ordinary_python, postmaster

if TYPE_CHECKING:
    from .conftest import Program

NOBODY = pwd.getpwnam("nobody")


def modes(folder: Path) -> dict[Path, tuple[int, int, int]]:
    """Mode and owner of every folder of the path."""
    found = {path: path.stat() for path in (folder, *folder.parents)}
    return {path: (entry.st_mode, entry.st_uid, entry.st_gid) for path, entry in found.items()}


def owner(pid: int) -> int:
    return os.stat(f"/proc/{pid}").st_uid


@pytest.fixture
def hidden(tmp_path: Path) -> Iterator[Path]:
    """A data folder that only root can reach."""
    tmp_path.chmod(0o700)
    data = tmp_path / "var"
    data.mkdir()
    yield data
    remove_cluster(data)


async def test_an_unreachable_data_folder_keeps_its_permissions(hidden: Path) -> None:
    found = find_binaries()
    before = modes(hidden) | modes(found.folder)
    attachment = await attach(hidden)
    running = status(hidden)
    assert running.home.parent == ELSEWHERE
    assert (hidden / POINTER).read_text().strip() == str(running.home)
    assert stat.S_IMODE(running.home.stat().st_mode) == 0o755
    assert running.data is not None
    assert stat.S_IMODE(running.data.stat().st_mode) == 0o700
    assert owner(postmaster(running)) == running.data.stat().st_uid != 0
    connection = await asyncpg.connect(attachment.dsn)
    await connection.execute("create table public.kept ()")
    await connection.close()
    await attachment.release()
    await stop(hidden)
    again = await attach(hidden, run_as=pwd.getpwuid(running.data.stat().st_uid).pw_name)
    connection = await asyncpg.connect(again.dsn)
    assert await connection.fetchval("select to_regclass('public.kept') is not null")
    await connection.close()
    await again.release()
    assert modes(hidden) | modes(found.folder) == before


async def test_a_reachable_data_folder_is_used_itself(place: Path) -> None:
    data = place / "var"
    data.mkdir()
    before = modes(data)
    attachment = await attach(data, run_as="nobody")
    running = status(data)
    assert running.home == data
    assert owner(postmaster(running)) == NOBODY.pw_uid
    await attachment.release()
    assert modes(data) == before


async def test_another_account_is_not_taken_for_existing_data(place: Path) -> None:
    data = place / "var"
    await (await attach(data, run_as="nobody")).release()
    await stop(data)
    with pytest.raises(DatabaseUnavailable, match="run_as"):
        await attach(data, run_as="daemon")
    attachment = await attach(data)
    assert owner(postmaster(status(data))) == NOBODY.pw_uid
    await attachment.release()


def test_a_home_that_lost_its_pointer_is_left_alone(tmp_path: Path) -> None:
    from slomix.storage.layout import make_home

    data = tmp_path / "var"
    homes = []
    try:
        tmp_path.chmod(0o700)
        for _ in range(2):
            home, _ = make_home(data, None)
            homes.append(home.folder)
            assert find_home(data) == home
            (data / POINTER).unlink()
        assert homes[0] != homes[1]
        assert (homes[0] / "postgres").is_dir()
    finally:
        for folder in homes:
            (folder / "postgres").rmdir()
            folder.rmdir()


def test_a_pointer_that_somebody_else_wrote_is_refused(tmp_path: Path) -> None:
    pointer = tmp_path / POINTER
    pointer.write_text("/etc\n")
    with pytest.raises(DatabaseUnavailable, match="was not written by Slomix"):
        find_home(tmp_path)
    pointer.write_text(f"{ELSEWHERE}/slomix-0123456789ab\n")
    os.chown(pointer, NOBODY.pw_uid, NOBODY.pw_gid)
    with pytest.raises(DatabaseUnavailable, match="was not written by Slomix"):
        find_home(tmp_path)


def test_programs_that_the_account_can_not_reach_are_copied_once(
    tmp_path: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = find_binaries()
    closed = tmp_path / "closed"
    (closed / "package").mkdir(parents=True)
    closed.chmod(0o700)
    os.symlink(real.folder.parent, closed / "package" / "pginstall18")
    hidden = binaries_module.Binaries(closed / "package" / "pginstall18" / "bin", real.major)
    libraries = real.folder.parents[1].with_name(f"{real.folder.parents[1].name}.libs")
    if libraries.is_dir():
        os.symlink(libraries, closed / "package.libs")
    monkeypatch.setattr(binaries_module, "COPIES", place)
    account = Account("nobody", NOBODY.pw_uid, NOBODY.pw_gid, switch=True)
    before = modes(hidden.folder)
    copied = runnable_by(account, hidden)
    assert copied.folder.is_relative_to(place)
    stamp = (copied.folder / "postgres").stat().st_ino
    assert runnable_by(account, hidden) == copied
    assert (copied.folder / "postgres").stat().st_ino == stamp
    assert [path.name for path in place.iterdir() if ".new-" in path.name] == []
    assert modes(hidden.folder) == before
    assert runnable_by(account, real) == real


def test_accounts(tmp_path: Path) -> None:
    nobody = Account("nobody", NOBODY.pw_uid, NOBODY.pw_gid, switch=True)
    assert pick_account("nobody") == nobody
    assert pick_account(None).uid != 0
    assert pick_account(None, owner=NOBODY.pw_uid) == nobody
    for wrong in ("root", "no-such-account"):
        with pytest.raises(DatabaseUnavailable, match="run_as"):
            pick_account(wrong)
    with pytest.raises(DatabaseUnavailable, match="4242424"):
        pick_account(None, owner=4242424)
    folder = tmp_path / "a"
    folder.mkdir(mode=0o700)
    assert can_enter(nobody, Path("/tmp"))
    assert not can_enter(nobody, folder)


def test_an_ordinary_user_does_all_of_it_too(place: Path, run: Callable[..., Program]) -> None:
    data = place / "var"
    data.mkdir()
    os.chown(data, NOBODY.pw_uid, NOBODY.pw_gid)
    python, environment = ordinary_python(NOBODY.pw_uid)
    options = {"user": NOBODY.pw_uid, "group": NOBODY.pw_gid, "extra_groups": [], "cwd": "/", "env": environment}
    first = run(data, python=python, **options)
    told = first.read()
    assert told.get("how") == "started", told
    second = run(data, python=python, **options)
    assert second.read()["how"] == "attached"
    running = status(data)
    assert running.pid is not None
    assert owner(running.pid) == owner(postmaster(running)) == NOBODY.pw_uid
    second.do("add")
    first.leave()
    second.leave()
    # root goes on with the same data, as its owner
    again = run(data)
    assert again.read()["how"] in ("started", "attached")
    assert again.do("numbers") == {"numbers": [1]}
    assert owner(postmaster(status(data))) == NOBODY.pw_uid


def test_a_data_folder_of_somebody_else_is_refused_to_a_user(place: Path, run: Callable[..., Program]) -> None:
    data = place / "var"
    data.mkdir(mode=0o755)
    python, environment = ordinary_python(NOBODY.pw_uid)
    program = run(
        data, python=python, user=NOBODY.pw_uid, group=NOBODY.pw_gid, extra_groups=[], cwd="/", env=environment
    )
    assert "SLOMIX_DATA_DIR" in program.read()["error"]


def test_a_user_is_told_that_the_cluster_is_roots(data: Path) -> None:
    python, environment = ordinary_python(NOBODY.pw_uid)
    code = "import sys; from pathlib import Path; from slomix.storage.embedded import status; status(Path(sys.argv[1]))"
    done = subprocess.run(
        [python, "-c", code, str(data)],
        user=NOBODY.pw_uid,
        group=NOBODY.pw_gid,
        extra_groups=[],
        cwd="/",
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "DatabaseUnavailable" in done.stderr
    assert "belongs to another account" in done.stderr
