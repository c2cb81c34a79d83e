"""The pictures of docs/dashboard/hooks.md and of the README: `make pictures` takes them anew in the real browser.

Whose pieces they are: those of the built-in pages, which use the same hooks, and of the page's own example plugin.
"""

from __future__ import annotations

import asyncio
import importlib.util
import io
import sys
import tempfile
from pathlib import Path
from time import time
from types import ModuleType
from typing import Any

from PIL import Image

from slomix.identity.servers import create_token, ensure_server
from slomix.testing.browser import Browser, Site, connected
from slomix.testing.chromium import chromium
from slomix_webui.testing.looks import Look, looking
from slomix_webui.testing.readers import cookies_of
from slomix_webui.testing.world import quiet, world

DOCS = Path(__file__).parent
IMAGES = DOCS / "images"
PLUGINS = ("stats", "webui", "availability", "clapping")
ROUNDS = 40
#: Colours of a small picture; a drawing of flat areas needs no more.
COLOURS = 128
LIVE = (
    {"type": "loaded", "map": "supply"},
    {"type": "player", "slot": 3, "name": "^1fo^2x", "team": 1},
    {"type": "player", "slot": 4, "name": "moorhen", "team": 2},
    {"type": "round_start"},
    {"type": "kill", "killer": 3, "victim": 4, "weapon": "MOD_MP40"},
    {"type": "kill", "killer": 4, "victim": 3, "weapon": "MOD_THOMPSON"},
)


def example() -> ModuleType:
    """The module that makes a plugin of the page's examples."""
    path = DOCS.parent / "plugins" / "webui" / "tests" / "clapping.py"
    spec = importlib.util.spec_from_file_location("webui_clapping", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def keep(png: bytes, path: Path, width: int = 900, most: int = 800) -> None:
    """A picture with few colours, no wider than `width`, and its upper `most` pixels."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    picture = picture.crop((0, 0, picture.width, min(picture.height, most)))
    if picture.width > width:
        picture = picture.resize((width, round(picture.height * width / picture.width)), Image.Resampling.LANCZOS)
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.quantize(COLOURS).save(path, optimize=True)
    sys.stdout.write(f"{path.relative_to(DOCS.parent)}: {path.stat().st_size / 1000:.0f} kB\n")


class Camera:
    """Takes pieces of pages."""

    def __init__(self, browser: Browser, site: Site, cookies: dict[str, str]) -> None:
        self._browser, self._site, self._cookies = browser, site, cookies

    async def piece(
        self,
        name: str,
        address: str,
        selector: str,
        *,
        known: bool = False,
        press: str = "",
        width: int = 900,
        most: int = 800,
    ) -> None:
        """An element of a page; `known`: of a reader who is logged in; `press`: keys before."""
        cookies = self._cookies if known else None
        async with looking(self._browser, self._site.url + address, width=width, cookies=cookies) as view:
            await view.still()
            for key in press:
                await view.page.keyboard.press(key)
            found = view.page.locator(selector).first
            await found.scroll_into_view_if_needed()
            await view.still()
            keep(await found.screenshot(), IMAGES / "dashboard" / f"{name}.png", width, most)

    async def screen(self, path: Path, address: str, look: Look) -> None:
        """The first screen of a page."""
        async with looking(self._browser, self._site.url + address, width=1366, look=look) as view:
            await view.still()
            keep(await view.page.screenshot(), path, 1366)


async def play(site: Site) -> None:
    """A round is played on a server that tells of it."""
    async with site.program.runtime.db.login().transaction() as tx:
        await ensure_server(tx, "puran")
        token = await create_token(tx, "puran")
    now = int(time() * 1000)
    events: list[dict[str, Any]] = [{"n": n, "at": now, **event} for n, event in enumerate(LIVE, 1)]
    batch = {"sender": "a" * 32, "sent": now, "events": events}
    headers = {"Authorization": f"Bearer {token}"}
    (await site.program.web.post("/stats/api/v1/live", json=batch, headers=headers)).raise_for_status()


async def take() -> None:
    """All pictures."""
    with chromium() as address:
        async with world(PLUGINS, rounds=ROUNDS) as site, connected(address) as browser:
            web = site.program.web
            night = (await web.get("/sessions.json")).json()["sessions"][0]["session_id"]
            player = (await web.get("/leaderboards.json?min_rounds=1")).json()["board"]["rows"][0]["who"]["player_id"]
            camera = Camera(browser, site, await cookies_of(site.program, "user"))
            await camera.screen(IMAGES / "session.png", f"/sessions/{night}", "dark")
            await camera.piece("nav", "/leaderboards", "header.top", width=1366)
            await camera.piece("widget", "/clapping/for/supply", "#block-clapping-claps")
            await camera.piece("tab", f"/players/{player}?tab=maps", "nav.tabs")
            await camera.piece("column", "/leaderboards?min_rounds=1", "table", most=260)
            await camera.piece("search", "/", "dialog#palette", press="/moo")
            await camera.piece("action", "/clapping/for/supply", "#acts", known=True)
            await camera.piece("settings", "/me", "form[action*='/me/settings/']", known=True)
            await play(site)
            await camera.piece("live", "/live", "main", most=640)
            card = await web.get(f"/sessions/{night}.png")
            keep(card.content, IMAGES / "dashboard" / "card.png", 600)


if __name__ == "__main__":
    quiet()
    with tempfile.TemporaryDirectory() as folder, example().installed(Path(folder)):
        asyncio.run(take())
