"""Players, a server and people who are called like attacks, on every page in a real browser: nothing of it runs."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass
from time import time
from urllib.parse import quote

import pytest
import pytest_asyncio

from slomix.identity.servers import create_token, ensure_server
from slomix.testing.browser import Site, View, connected
from slomix.testing.database import fresh_database, sources_for
from slomix.testing.running import running
from slomix.testing.web import serving
from slomix.web.cookies import HINT, SESSION
from slomix_stats.simulate import play_evening
from slomix_webui.api import ShareCard, Tab
from slomix_webui.testing.addresses import places

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

PLUGINS = ("stats", "webui", "availability")
RAN = "__ran=1"
ATTACKS = (
    "=cmd|'/c calc'!A0",
    f"<script>{RAN}</script>",
    f'"><img src=x onerror="{RAN}">',
    f"'><svg onload='{RAN}'>",
    f"javascript:{RAN}//",
    f"</script><script>{RAN}</script>",
    f"^1</a>^2<b onclick={RAN}>",
    "{{7*7}}{% raw %}${7*7}<%= 7*7 %>",
    "</title><script src=//evil.example/x.js></script>",
    f"<iframe srcdoc='<script>parent.{RAN}</script>'>",
    "\u2028\u2029\u202etxt.exe\u202c",
    f"]]><script>{RAN}</script>&#60;b&#62;",
    "@SUM(1+1)*cmd",
    "</textarea></select><base href=//evil.example/><link rel=stylesheet href=//evil.example/x.css>",
    "^1" * 20 + "W" * 60,
    f"<a href=javascript:{RAN}>x</a>",
    "--><!--",
    "+1+1",
    f"<math><mi xlink:href=javascript:{RAN}>",
    "\x01\x7f\x1b[31m\x0c\ufffe",
)  # fmt: skip
SERVER = f'<script>{RAN}</script>"><img src=x onerror={RAN}>'
#: Where pages about something are.
BELOW = {"session": "/sessions/", "player": "/players/", "match": "/matches/", "map": "/maps/", "round": "/rounds/"}
#: Before any script of a page: notes what the policy refused.
WATCH = """
window.__refused = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.__refused.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
});
"""
SEEN = '() => ({ran: window.__ran ?? 0, refused: window.__refused, injected: document.querySelectorAll(\
\'main script:not([type="application/json"]), iframe, base, img[src="x"], [onclick], [onerror], [onload], \
a[href^="javascript:"], link[href*="evil"]\').length})'


@dataclass(frozen=True, slots=True)
class Stage:
    """The site, and the cookies of an owner who is called like an attack."""

    site: Site
    cookies: dict[str, str]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage() -> AsyncIterator[Stage]:
    with fresh_database(sources_for(PLUGINS)) as dsn:
        async with running(dsn, *PLUGINS) as program, serving(program.app) as url:
            feed = asyncio.create_task(program.runtime.bus.live.run())
            await program.runtime.bus.live.started()
            names: dict[bytes, str] = {}
            for each in (played for n in range(3) for played in play_evening(seed=3, evening=n)[:2]):
                outcome = await program.give(each.name, renamed(each.data, names))
                assert outcome.outcome == "imported", outcome
            assert len(names) > len(ATTACKS) - 4
            await program.settle()
            session = await program.session_of(7, name=ATTACKS[1], tier="owner")
            yield Stage(Site(program, url), {SESSION: session, HINT: "1"})
            feed.cancel()
            await asyncio.gather(feed, return_exceptions=True)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def seen_page(stage: Stage, chromium_address: str) -> AsyncIterator[View]:
    """One view for all tests: a fresh one costs as much as a page."""
    async with (
        connected(chromium_address) as browser,
        browser.view(cache=False, cookies=stage.cookies, home=stage.site.url) as view,
    ):
        await view.page.add_init_script(WATCH)
        view.page.on("dialog", lambda dialog: view.console.append(f"dialog: {dialog.message}"))
        yield view


def renamed(data: bytes, names: dict[bytes, str]) -> bytes:
    """The file with every player called like an attack, on a server that is called so, too."""
    head, *lines = data.splitlines()
    changed = [b"\\".join((SERVER.encode(), *head.split(b"\\")[1:]))]
    for line in lines:
        guid, _, rest = line.split(b"\\", 2)
        name = names.setdefault(guid, ATTACKS[len(names) % len(ATTACKS)])
        changed.append(b"\\".join((guid, name.encode(), rest)))
    return b"\n".join(changed) + b"\n"


async def addresses_of(stage: Stage) -> list[str]:
    """Every page, and every tab."""
    found = await places(stage.site.program, cookies=stage.cookies)
    pages = [place.addresses[0] for place in found if place.addresses]
    tabs = []
    for given in stage.site.program.runtime.host.contributions("webui", Tab):
        tabs += [f"{page}?tab={given.record.key}" for page in pages if page.startswith(BELOW[given.record.page])]
    searches = [f"/search?q={quote(text)}" for text in ("script", "<img", "javascript:")]
    return [*pages, *tabs, *searches, f"/players?q={quote(ATTACKS[1])}"]


async def look(view: View, address: str, site: Site) -> list[str]:
    """What is wrong with the page that is open."""
    seen = await view.page.evaluate(SEEN)
    elsewhere = [asked for asked in view.requests if not asked.startswith((site.url, "data:", "blob:"))]
    wrong = [*view.console, *view.failed, *(f"asked for {each}" for each in elsewhere)]
    wrong += [f"{what}: {told}" for what, told in seen.items() if told]
    return [f"{address}: {each}" for each in wrong]


async def test_no_name_runs_on_any_page(stage: Stage, seen_page: View) -> None:
    wrong: list[str] = []
    listed = await addresses_of(stage)
    assert len(listed) > 40, listed
    shown = 0
    for address in listed:
        await seen_page.go(stage.site.url + address)
        await seen_page.read()
        shown += "onerror=" in await seen_page.page.inner_text("body")
        wrong += await look(seen_page, address, stage.site)
    assert wrong == [], "\n".join(wrong)
    assert shown > 10  # the names are there, as text


async def test_no_name_runs_in_the_palette_and_in_what_is_told(stage: Stage, seen_page: View) -> None:
    page = seen_page.page
    await seen_page.go(stage.site.url + "/players")
    for text in ("script", "onerror", "javascript"):
        await page.keyboard.press("/")
        await page.keyboard.type(text)
        await page.locator("#palette-results a", has_text=text).first.wait_for()
        await page.keyboard.press("Escape")
    await page.locator("footer.foot select[name=theme]").select_option("light")
    await page.locator("footer.foot button").click()
    await page.wait_for_load_state()
    assert await look(seen_page, "palette", stage.site) == []


async def test_no_name_runs_while_a_round_is_told_live(stage: Stage, seen_page: View) -> None:
    program = stage.site.program
    async with program.runtime.db.login().transaction() as tx:
        await ensure_server(tx, "puran")
        token = await create_token(tx, "puran")
    now = int(time() * 1000)
    told = [{"type": "loaded", "map": "supply"}]
    told += [{"type": "player", "slot": n, "name": ATTACKS[n][:60], "team": 1 + n % 2} for n in range(6)]
    told += [{"type": "round_start"}]
    told += [{"type": "kill", "killer": n, "victim": n + 1, "weapon": "MOD_MP40"} for n in range(5)]
    told += [{"type": "say", "text": f"{ATTACKS[1]}: {ATTACKS[2]}"}]
    batch = {"sender": "b" * 32, "sent": now, "events": [{"n": n, "at": now, **each} for n, each in enumerate(told, 1)]}
    await seen_page.go(stage.site.url + "/live")
    await seen_page.page.wait_for_selector("[data-island-state=running]")
    answer = await program.web.post("/stats/api/v1/live", json=batch, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200, answer.text
    await seen_page.page.wait_for_selector("[data-feed] li")
    await seen_page.page.get_by_text("onerror").first.wait_for()
    assert await look(seen_page, "/live", stage.site) == []


async def test_pictures_and_tables_hold_the_names(stage: Stage) -> None:
    """A card is a picture whatever somebody is called, and no cell of a table is a formula"""
    program = stage.site.program
    assert "<script>" in (await program.web.get("/players.json")).text
    cards = {given.record.page for given in program.runtime.host.contributions("webui", ShareCard)}
    players = [row["player_id"] for row in (await program.web.get("/stats/api/v1/players?limit=30")).json()["players"]]
    drawn, cells = [f"/players/{each}" for each in players], 0
    for place in await places(program, ["webui"]):
        if place.addresses and place.name in cards:
            drawn.append(place.addresses[0])
        address = place.addresses[0].rstrip("/") or "/home" if place.addresses else "/nowhere"
        answer = await program.web.get(f"{address}.csv")
        if answer.status_code == 200:
            rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
            assert [cell for row in rows for cell in row if cell[:1] in ("=", "@", "\t", "\r")] == [], place.name
            cells += sum("'=cmd" in cell for row in rows for cell in row)
    assert cells
    for address in drawn:
        answer = await program.web.get(f"{address}.png")
        assert answer.content[:8] == b"\x89PNG\r\n\x1a\n", (address, answer.text[:200])
