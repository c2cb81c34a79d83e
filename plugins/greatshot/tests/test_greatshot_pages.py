"""The pages of greatshot keep the rules, their numbers are those of the demo, their files are what they say."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest
import pytest_asyncio

from slomix.testing.database import fresh_database, sources_for
from slomix.testing.running import Running, running
from slomix_greatshot.demo.frames import snapshots
from slomix_greatshot.web.marks import timeline
from slomix_greatshot.web.views import DemosView, DemoView, TopView, matrix
from slomix_webui.testing.document import problems

PLUGINS = ("stats", "webui", "greatshot")


class Shown:
    """A program with one demo that was read."""

    def __init__(self, program: Running, me: httpx2.AsyncClient, address: str, view: dict[str, Any]) -> None:
        self.program, self.me, self.address, self.view = program, me, address, view


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shown(small_demo: bytes) -> AsyncIterator[Shown]:
    with fresh_database(sources_for(PLUGINS)) as dsn:
        async with running(dsn, *PLUGINS) as program:
            me = await program.as_person(1)
            sent = await me.post("/greatshot/api/v1/demos?name=a.dm_84", content=small_demo)
            await program.settle()
            address = sent.json()["address"]
            yield Shown(program, me, address, (await me.get(f"{address}.json")).json())


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("page", ["/greatshot/", "/greatshot/top", "/greatshot/top?kind=multikill", "demo"])
async def test_pages_keep_the_rules(shown: Shown, page: str) -> None:
    address = shown.address if page == "demo" else page
    for who in (shown.me, shown.program.web):
        answer = await who.get(address)
        assert answer.status_code == 200
        assert problems(answer.text) == []
        assert len(answer.content) < 120_000


async def test_twins_are_the_models(shown: Shown) -> None:
    for address, model in (("/greatshot/demos.json", DemosView), ("/greatshot/top.json", TopView), ("demo", DemoView)):
        body = (await shown.me.get(f"{shown.address}.json" if address == "demo" else address)).content
        assert msgspec.json.decode(body, type=model)
    csv = (await shown.me.get(f"{shown.address}.csv")).text
    assert "multikill" in csv
    described = (await shown.me.get("/openapi.json")).json()["paths"]
    assert {"/greatshot/demos.json", "/greatshot/top.json", "/greatshot/api/v1/demos"} <= described.keys()


async def test_the_matrix_and_the_timeline_tell_every_kill(shown: Shown) -> None:
    view = msgspec.convert(shown.view, DemoView)
    names, rows = matrix(view)
    assert sum(value for _, row in rows for value in row if value) == 4
    assert dict(rows)["fragger0"][names.index("fragger3")] == 1
    drawn = timeline(view)
    assert sum(row.kills.count("M") + row.heads.count("M") for row in drawn.rows) == 4
    assert sum(row.deaths.count("M") for row in drawn.rows) == 4
    assert len(drawn.spans) == 1
    assert drawn.rows[0].name in names


async def test_a_clip_is_downloaded_and_reads_like_the_demo(shown: Shown, small_demo: bytes, tmp_path: Path) -> None:
    line = shown.view["moments"][0]["line"]
    answer = await shown.program.web.get(f"/greatshot/highlights/{line['highlight_id']}/clip")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["x-content-type-options"] == "nosniff"
    name = answer.headers["content-disposition"].partition('filename="')[2].rstrip('"')
    assert name.startswith("supply_fragger0_multikill_3k_")
    clip, demo = tmp_path / "clip.dm_84", tmp_path / "demo.dm_84"
    clip.write_bytes(answer.content)
    demo.write_bytes(small_demo)
    cut, whole = ({(each.time, each.crc) for each in snapshots(file)} for file in (clip, demo))
    assert len(cut) > 10
    assert cut <= whole
    script = await shown.program.web.get(f"/greatshot/highlights/{line['highlight_id']}/play.sh")
    assert name in script.text


@pytest.mark.parametrize(
    "path", ["demos/000000000000", "demos/x", "highlights/../clip", "highlights/000000000000/clip", "films/zzz"]
)
async def test_what_is_not_there_is_said(shown: Shown, path: str) -> None:
    assert (await shown.me.get(f"/greatshot/{path}")).status_code == 404


async def test_without_the_dashboard_demos_come_all_the_same(small_demo: bytes) -> None:
    with fresh_database(sources_for(["greatshot"])) as dsn:
        async with running(dsn, "greatshot") as program:
            me = await program.as_person(1)
            sent = await me.post("/greatshot/api/v1/demos?name=a.dm_84", content=small_demo)
            await program.settle()
            states = await program.runtime.host.context("greatshot").db.fetch(
                "select state from greatshot.demo where id = $1", sent.json()["demo_id"]
            )
            assert [row["state"] for row in states] == ["ready"]
