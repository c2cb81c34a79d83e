"""Folders are watched, old things go, strays are swept, rounds are linked whenever they come."""

from __future__ import annotations

import dataclasses
import os
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from slomix.testing.clock import FixedClock
from slomix.testing.running import Running, running
from slomix_greatshot.api import GreatshotV1
from slomix_greatshot.jobs.folders import Collector
from slomix_greatshot.jobs.tidying import Tidier
from slomix_greatshot.plugin import plugin
from slomix_greatshot.simulate.feed import simulate

pytestmark = pytest.mark.plugins("stats", "webui", "greatshot")


def context(program: Running, **changed: Any) -> Any:
    return dataclasses.replace(program.runtime.host.context("greatshot"), **changed)


async def rows(program: Running, query: str) -> list[Any]:
    return await program.runtime.host.context("greatshot").db.fetch(query)


async def test_a_folder_is_read_by_itself_and_each_file_once(dsn: str, small_demo: bytes, tmp_path: Path) -> None:
    folder = tmp_path / "demos"
    (folder / "tv").mkdir(parents=True)
    (folder / "tv" / "a.dm_84").write_bytes(small_demo)
    (folder / "no.dm_84").write_bytes(b"this is no demo, whatever it is called")
    (folder / "notes.txt").write_text("nothing")
    (folder / "link.dm_84").symlink_to("/etc/passwd")
    (folder / "fresh.dm_84").write_bytes(small_demo[:-9])
    old = time.time() - 120
    for path in (folder / "tv" / "a.dm_84", folder / "no.dm_84"):
        os.utime(path, (old, old))
    async with running(
        dsn, "stats", "webui", "greatshot", sections={"greatshot": {"folders": [str(folder)]}}
    ) as program:
        ctx = context(program)
        collector = Collector(ctx, plugin.parts(program.runtime.host.context("greatshot")).demos)
        for _ in range(2):
            await collector.run({})
            await program.settle()
        found = await rows(program, "select name, source, uploader, state from greatshot.demo")
        assert [tuple(row) for row in found] == [("a.dm_84", "folder", None, "ready")]
        seen = {
            Path(row["path"]).name: row["outcome"] for row in await rows(program, "select * from greatshot.seen_file")
        }
        assert seen["a.dm_84"] == "taken"
        assert "no demo" in seen["no.dm_84"]
        assert len(seen) == 2
        assert (folder / "tv" / "a.dm_84").exists()


async def test_what_is_old_goes_and_what_it_told_stays(program: Running, small_demo: bytes) -> None:
    me = await program.as_person(1)
    await me.post("/greatshot/api/v1/demos?name=a.dm_84", content=small_demo)
    await program.settle()
    parts = plugin.parts(program.runtime.host.context("greatshot"))
    stray = parts.vault.place("clips", parts.vault.new("dm_84"))
    stray.write_bytes(b"left by a worker that was killed")
    hours = time.time() - 7200
    os.utime(stray, (hours, hours))
    await Tidier(context(program), parts.vault).run({})
    assert not stray.exists()
    (clip,) = parts.vault.folder("clips").iterdir()
    for path in (clip, *parts.vault.folder("demos").iterdir()):
        os.utime(path, (hours, hours))
    later = FixedClock(program.runtime.clock.now() + timedelta(days=200))
    await Tidier(context(program, clock=later), parts.vault).run({})
    assert not clip.exists()
    assert list(parts.vault.folder("demos").iterdir()) == []
    assert await rows(program, "select 1 from greatshot.chat") == []
    (told,) = await parts.shelves.demos()
    assert (told.available, told.highlights) == (False, 1)
    assert (await me.get(f"/greatshot/demos/{told.demo_id}")).status_code == 200


async def test_a_demo_is_linked_with_its_round_whichever_comes_first(program: Running, tmp_path: Path) -> None:
    """The simulator of the community writes both."""
    from slomix.contrib import Simulator

    host = program.runtime.host
    host.declare(("register_simulators",))
    stats = next(each.record for each in host.records(Simulator) if each.plugin == "stats")
    start = datetime.now() - timedelta(days=3)  # noqa: DTZ005 - the server's clock
    files = list(stats.run(tmp_path / "stats", seed=3, rounds=4, start=start))
    *_, early, late = list(simulate(tmp_path / "demos", seed=3, rounds=4, start=start, demos=2))
    me = await program.as_person(1)
    address = (await me.post(f"/greatshot/api/v1/demos?name={early.name}", content=early.read_bytes())).json()[
        "address"
    ]
    await program.settle()
    (before,) = (await me.get(f"{address}.json")).json()["rounds"]
    assert before["round_id"] is None
    outcomes = await program.take(files)
    await program.settle()
    (after,) = (await me.get(f"{address}.json")).json()["rounds"]
    assert after["round_id"] == outcomes[2].round_id
    assert after["confidence"] >= 90
    second = (await me.post(f"/greatshot/api/v1/demos?name={late.name}", content=late.read_bytes())).json()["address"]
    await program.settle()
    view = (await me.get(f"{second}.json")).json()
    assert view["rounds"][0]["round_id"] == outcomes[3].round_id
    known = [each for each in view["players"] if each["player_id"]]
    assert len(known) >= len(view["players"]) - 1
    service = program.runtime.services.get(GreatshotV1)  # type: ignore[type-abstract]
    assert {demo.name for demo in await service.demos_of([each.round_id or "" for each in outcomes])} == {
        early.name,
        late.name,
    }
    lines = await service.highlights_of([after["round_id"]])
    assert lines
    session = await program.runtime.db.fetchval("select session_id from slomix.round where id = $1", after["round_id"])
    assert (await service.night(session))[0].score >= lines[-1].score
    player = next(line.player_id for line in lines if line.player_id)
    for page, words in (
        (f"/players/{player}?tab=highlights", lines[0].title),
        (f"/rounds/{after['round_id']}?tab=demos", early.name),
    ):
        answer = await program.web.get(page)
        assert answer.status_code == 200
        assert words in answer.text
