"""Demos come by web: as a body, as a form; refused as soon as they can be, kept once, never left half."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from slomix.testing.running import Running, running

pytestmark = pytest.mark.plugins("stats", "webui", "greatshot")

ADDRESS = "/greatshot/api/v1/demos"
NAME = "2026-05-01-213000-supply.dm_84"


def folder(program: Running) -> list[Path]:
    """All files that are kept or coming."""
    root = program.pipeline.settings.data_dir / "greatshot"
    return [path for path in root.rglob("*") if path.is_file()]


def form(*files: tuple[str, bytes]) -> dict[str, Any]:
    boundary = "4d3b2a1c"
    parts = [
        b'--%b\r\nContent-Disposition: form-data; name="file"; filename="%b"\r\n'
        b"Content-Type: application/octet-stream\r\n\r\n%b\r\n" % (boundary.encode(), name.encode(), data)
        for name, data in files
    ]
    body = b"".join([*parts, b"--%b--\r\n" % boundary.encode()])
    return {"content": body, "headers": {"Content-Type": f"multipart/form-data; boundary={boundary}"}}


async def test_a_demo_becomes_a_page_with_its_highlights(program: Running, small_demo: bytes) -> None:
    me = await program.as_person(1)
    sent = await me.post(f"{ADDRESS}?name={NAME}", content=small_demo)
    assert sent.status_code == 200, sent.text
    told = sent.json()
    assert (told["known"], told["address"]) == (False, f"/greatshot/demos/{told['demo_id']}")
    await program.settle()
    view = (await me.get(f"{told['address']}.json")).json()
    assert (view["demo"]["state"], view["demo"]["map"], view["demo"]["name"]) == ("ready", "supply", NAME)
    assert view["demo"]["recorded_at"].startswith("2026-05-01T19:30")
    (moment,) = view["moments"]
    assert (moment["line"]["kind"], moment["line"]["kills"], moment["line"]["headshots"]) == ("multikill", 3, 2)
    assert [step["who"] for step in moment["steps"]] == ["fragger1", "fragger3", "fragger5"]
    assert [line["words"] for line in view["chat"]] == ["hello <b>there</b>", "nice one fragger0"]
    page = (await me.get(told["address"])).text
    assert "hello &lt;b&gt;there&lt;/b&gt;" in page
    assert "triple kill" in page
    keys = [row["key"] for row in await program.runtime.db.fetch("select key from slomix.event order by seq")]
    assert keys == ["greatshot.DemoScanned", "greatshot.HighlightFound"]


async def test_the_same_content_is_kept_once(program: Running, small_demo: bytes) -> None:
    me, other = await program.as_person(1), await program.as_person(2)
    first = (await me.post(f"{ADDRESS}?name={NAME}", content=small_demo)).json()
    again = (await other.post(f"{ADDRESS}?name=another.dm_84", content=small_demo)).json()
    assert again == {**first, "known": True}
    assert len(folder(program)) == 1


@pytest.mark.parametrize(
    ("name", "data", "status", "words"),
    [
        ("a.exe", b"MZ", 415, "no demo by its name"),
        ("a.dm_84.zip", b"PK\x03\x04", 415, "no demo by its name"),
        ("a.dm_84", b"", 400, "is empty"),
        ("a.dm_84", b"abc", 400, "is no demo"),
        ("a.dm_84", b"PK\x03\x04" + bytes(100), 400, "is no demo"),
        ("a.dm_84", b"\x1f\x8b\x08\x00" + b"\xff" * 100, 400, "is no demo"),
        ("a.dm_84", b"just some text that is long enough", 400, "is no demo"),
    ],
)
async def test_what_is_no_demo_is_refused_at_once(
    program: Running, name: str, data: bytes, status: int, words: str
) -> None:
    me = await program.as_person(1)
    answer = await me.post(f"{ADDRESS}?name={name}", content=data)
    assert answer.status_code == status, answer.text
    assert words in answer.json()["detail"]
    assert folder(program) == []


async def test_what_only_looks_like_a_demo_is_told_and_not_kept(program: Running) -> None:
    me = await program.as_person(1)
    sent = await me.post(f"{ADDRESS}?name=a.dm_84", content=b"\x01\x00\x00\x00\x20\x00\x00\x00" + bytes(32))
    await program.settle()
    view = (await me.get(f"{sent.json()['address']}.json")).json()
    assert view["demo"]["state"] == "failed"
    assert "a.dm_84" in view["demo"]["reason"]
    assert str(program.pipeline.settings.data_dir) not in json.dumps(view)
    assert folder(program) == []
    assert (await me.get(sent.json()["address"])).status_code == 200


async def test_a_form_takes_several_and_says_which_it_does_not(program: Running, small_demo: bytes) -> None:
    me = await program.as_person(1)
    cut = small_demo[: len(small_demo) // 2]
    one = await me.post("/greatshot/upload", **form((NAME, small_demo)))
    assert (one.status_code, one.headers["location"][:17]) == (303, "/greatshot/demos/")
    more = await me.post("/greatshot/upload", **form(("b.dm_84", cut), ("c.txt", b"x" * 10_000), (NAME, small_demo)))
    assert more.status_code == 415
    assert "c.txt" in more.text
    assert "2 other demos were taken" in more.text
    nothing = await me.post("/greatshot/upload", **form(("", b"")))
    assert "No file was chosen" in nothing.text
    damaged = await me.post("/greatshot/upload", content=b"--nope", headers=form()["headers"])
    assert damaged.status_code == 400
    await program.settle()
    states = {
        row["name"]: row["state"]
        for row in await program.runtime.host.context("greatshot").db.fetch("select name, state from greatshot.demo")
    }
    assert states == {NAME: "ready", "b.dm_84": "partial"}


async def test_only_people_who_are_logged_in_and_of_this_site_send(program: Running, small_demo: bytes) -> None:
    nobody = await program.web.post(f"{ADDRESS}?name={NAME}", content=small_demo)
    assert nobody.status_code == 401
    me = await program.as_person(1)
    elsewhere = await me.post(f"{ADDRESS}?name={NAME}", content=small_demo, headers={"Origin": "https://evil.example"})
    assert elsewhere.status_code == 403
    assert folder(program) == []


async def test_what_is_announced_or_comes_too_large_is_refused(dsn: str) -> None:
    async with running(dsn, "stats", "webui", "greatshot", sections={"greatshot": {"most_mib": 1}}) as program:
        me = await program.as_person(1)

        async def endless() -> AsyncIterator[bytes]:
            yield b"\x01\x00\x00\x00\x20\x00\x00\x00"
            while True:
                yield bytes(1 << 16)

        for body in (bytes(2 << 20), endless()):
            answer = await me.post(f"{ADDRESS}?name=a.dm_84", content=body)
            assert answer.status_code == 413, answer.text
            assert "1 MiB" in answer.json()["detail"]
        assert folder(program) == []


async def test_one_person_may_send_so_many_in_an_hour(dsn: str, small_demo: bytes) -> None:
    async with running(dsn, "stats", "webui", "greatshot", sections={"greatshot": {"uploads_per_hour": 2}}) as program:
        me, other = await program.as_person(1), await program.as_person(2)
        bodies = [small_demo, small_demo[:-9], small_demo[:-10]]
        answers = [await me.post(f"{ADDRESS}?name={n}.dm_84", content=body) for n, body in enumerate(bodies)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert (await other.post(f"{ADDRESS}?name=x.dm_84", content=bodies[2])).status_code == 200


async def test_no_room_is_said_before_anything_is_written(
    program: Running, small_demo: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("slomix_greatshot.store.files.SPARE", 1 << 60)
    me = await program.as_person(1)
    answer = await me.post(f"{ADDRESS}?name={NAME}", content=small_demo)
    assert answer.status_code == 507
    assert folder(program) == []


async def test_demos_are_deleted_by_whoever_sent_them_and_by_admins(program: Running, small_demo: bytes) -> None:
    me, other = await program.as_person(1), await program.as_person(2)
    admin = await program.as_person(3, tier="admin")
    for who in (me, admin):
        address = (await me.post(f"{ADDRESS}?name={NAME}", content=small_demo)).json()["address"]
        await program.settle()
        assert (await other.get(f"{address}/file")).status_code == 403
        whole = await who.get(f"{address}/file")
        assert whole.content == small_demo
        assert whole.headers["content-disposition"] == f'attachment; filename="{NAME}"'
        assert (await other.post(f"{address}/delete")).status_code == 403
        assert (await program.web.post(f"{address}/delete")).status_code == 401
        assert (await who.post(f"{address}/delete")).status_code == 303
        assert (await me.get(address)).status_code == 404
        for table in ("demo", "demo_player", "demo_round", "death", "chat", "highlight"):
            assert (
                await program.runtime.host.context("greatshot").db.fetchval(f"select count(*) from greatshot.{table}")
                == 0
            )
