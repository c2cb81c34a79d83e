"""Films: a game client that is none plays the clip; whatever goes wrong is a sentence, and nothing stays behind."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest

from slomix.testing.running import running
from slomix_greatshot.api import Render, RenderFailed
from slomix_greatshot.render.client import GameClient
from slomix_greatshot.settings import GreatshotSettings

pytestmark = pytest.mark.plugins("stats", "webui", "greatshot")

#: Records what it would play, as the game records: a video of its own name in a folder of its home.
GAME = """#!/bin/sh
set -eu
home=$1
test -n "${2##*/*}"
grep -q "^demo $2$" "$home/legacy/slomix-film.cfg"
test -z "${SLOMIX_DISCORD__TOKEN:-}"
mkdir -p "$home/legacy/videos"
cp "$home/legacy/demos/$2".* "$home/legacy/videos/film.avi"
"""
ENCODER = """#!/bin/sh
{ echo film of; cat "$1"; } > "$2"
"""


def script(folder: Path, name: str, text: str) -> str:
    path = folder / name
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


@pytest.fixture
def render(tmp_path: Path) -> Render:
    clip = tmp_path / "0123.dm_84"
    clip.write_bytes(b"clip")
    return Render(highlight_id="h", clip=clip, out=tmp_path / "out.mp4", seconds=3, map="supply", version=None)


def settings(**values: Any) -> GreatshotSettings:
    return GreatshotSettings(**values)


async def test_the_game_records_and_the_encoder_encodes(
    tmp_path: Path, render: Render, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLOMIX_DISCORD__TOKEN", "secret")
    game = (script(tmp_path, "game", GAME), "{home}", "{name}")
    await GameClient(settings(renderer=game)).render(render)
    assert render.out.read_bytes() == b"clip"
    render.out.unlink()
    encoder = (script(tmp_path, "encoder", ENCODER), "{in}", "{out}")
    await GameClient(settings(renderer=game, encoder=encoder)).render(render)
    assert render.out.read_bytes() == b"film of\nclip"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("#!/bin/sh\necho no map here >&2\nexit 3\n", "game ended with 3: no map here"),
        ("#!/bin/sh\nexit 0\n", "recorded nothing"),
        (None, "can not be started"),
    ],
)
async def test_what_goes_wrong_is_a_sentence(tmp_path: Path, render: Render, text: str | None, words: str) -> None:
    program = script(tmp_path, "game", text) if text else str(tmp_path / "missing")
    with pytest.raises(RenderFailed, match=words) as failed:
        await GameClient(settings(renderer=(program, "{home}"))).render(render)
    assert str(tmp_path) not in str(failed.value)


async def test_a_film_is_asked_for_made_and_downloaded(dsn: str, small_demo: bytes, tmp_path: Path) -> None:
    section = {"renderer": [script(tmp_path, "game", GAME), "{home}", "{name}"], "renders_per_hour": 1}
    async with running(dsn, "stats", "webui", "greatshot", sections={"greatshot": section}) as program:
        me = await program.as_person(1)
        address = (await me.post("/greatshot/api/v1/demos?name=a.dm_84", content=small_demo)).json()["address"]
        await program.settle()
        (moment,) = (await me.get(f"{address}.json")).json()["moments"]
        key = moment["line"]["highlight_id"]
        assert (await program.web.post(f"/greatshot/highlights/{key}/film")).status_code == 401
        for _ in range(2):
            assert (await me.post(f"/greatshot/highlights/{key}/film")).status_code == 303
        await program.settle()
        (moment,) = (await me.get(f"{address}.json")).json()["moments"]
        assert moment["film"] == "done"
        film = await me.get(f"/greatshot/films/{moment['film_id']}")
        clip = await me.get(f"/greatshot/highlights/{key}/clip")
        assert (film.headers["content-type"], film.content) == ("video/mp4", clip.content)


async def test_a_game_that_hangs_is_ended_with_all_that_it_began(dsn: str, small_demo: bytes, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    hangs = script(tmp_path, "game", f"#!/bin/sh\nsleep 300 &\necho $! > {pid}\nwait\n")
    section = {"renderer": [hangs], "render_seconds": 10}
    async with running(dsn, "stats", "webui", "greatshot", sections={"greatshot": section}) as program:
        me = await program.as_person(1)
        address = (await me.post("/greatshot/api/v1/demos?name=a.dm_84", content=small_demo)).json()["address"]
        await program.settle()
        (moment,) = (await me.get(f"{address}.json")).json()["moments"]
        await me.post(f"/greatshot/highlights/{moment['line']['highlight_id']}/film")
        await program.settle()
        (moment,) = (await me.get(f"{address}.json")).json()["moments"]
        assert (moment["film"], moment["film_error"]) == ("failed", "It took longer than 10 s.")
    left = Path(f"/proc/{int(pid.read_text())}/stat")
    assert not left.exists() or left.read_text().rpartition(")")[2].split()[0] == "Z"


async def test_without_a_renderer_the_script_is_what_there_is(program: Any, small_demo: bytes) -> None:
    me = await program.as_person(1)
    address = (await me.post("/greatshot/api/v1/demos?name=a.dm_84", content=small_demo)).json()["address"]
    await program.settle()
    (moment,) = (await me.get(f"{address}.json")).json()["moments"]
    answer = await me.post(f"/greatshot/highlights/{moment['line']['highlight_id']}/film")
    assert answer.status_code == 409
    assert "the script that plays it" in answer.text
