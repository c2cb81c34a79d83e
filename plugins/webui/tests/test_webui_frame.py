"""The frame around pages: what a third party's plugin gives through each hook, and what becomes of its mistakes."""

from __future__ import annotations

import pytest

from slomix.testing.running import Running

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def text(house: Running, address: str, status: int = 200, **headers: str) -> str:
    answer = await house.web.get(address, headers=headers)
    assert answer.status_code == status, answer.text[:2000]
    return answer.text


async def test_hook_webui_pages(house: Running) -> None:
    page = await text(house, "/guest/greet/you?period=30d")
    assert "<title>Greeting you · Slomix</title>" in page
    assert "Hello you, YOU, period=30d" in page
    assert 'name="period"' in page
    assert (await house.web.get("/guest/greet/you.json?period=30d")).json() == {"whom": "you", "scope": "period=30d"}
    described = (await house.web.get("/openapi.json")).json()["paths"]["/guest/greet/{whom}.json"]["get"]
    own, _of_tabs = described["responses"]["200"]["content"]["application/json"]["schema"]["anyOf"]
    assert own["$ref"].endswith("/Greeting")


async def test_tables_are_csv_in_which_nothing_is_a_formula(house: Running) -> None:
    answer = await house.web.get("/guest/greet/you.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.content.decode("utf-8-sig").splitlines() == ["whom,n", "you,1", "'=cmd(),"]
    assert "there is: greetings" in await text(house, "/guest/greet/you.csv?table=other", 404)


async def test_what_is_not_there_and_what_moved(house: Running) -> None:
    assert "<h1>Nobody is there</h1>" in await text(house, "/guest/greet/nobody", 404)
    assert (await house.web.get("/guest/greet/nobody.json")).status_code == 404
    moved = await house.web.get("/guest/greet/old")
    assert (moved.status_code, moved.headers["location"]) == (308, "/guest/greet/new?kept=1")
    assert (await house.web.get("/guest/greet/old.json")).headers["location"] == "/guest/greet/new.json?kept=1"


async def test_a_page_that_raises_is_the_guests_own_failure(house: Running) -> None:
    assert "guest" in await text(house, "/guest/greet/broken", 500)
    await text(house, "/leaderboards")


async def test_a_page_with_a_permission_asks_who_it_is(house: Running) -> None:
    refused = await text(house, "/guest/secret", 401, accept="text/html")
    assert 'href="/-/login?next=/guest/secret"' in refused
    assert (await house.web.get("/guest/secret.json")).status_code == 401


async def test_hook_webui_nav(house: Running) -> None:
    page = await text(house, "/leaderboards")
    assert '<a href="/guest/greet/you">Guests</a>' in page
    assert "Hidden" not in page
    assert 'aria-current="page">Guests' in await text(house, "/guest/greet/you")


async def test_hook_webui_widgets(house: Running) -> None:
    answer = await house.web.get("/guest/greet/supply")
    page = answer.text
    assert '<p class="guest">widget of supply</p>' in page
    assert "Not captured. Capture it." in page
    assert "Widget silent" not in page
    assert page.count("Not available at the moment") == 3  # failing, late, badly drawn
    assert 'data-later="/widgets/guest/lazy?slot=map&amp;id=supply"' in page
    assert answer.headers["cache-control"] == "no-store"


async def test_a_widget_is_read_alone(house: Running) -> None:
    address = "/widgets/guest/lazy?slot=map&id=supply"
    assert "<h1>Widget lazy</h1>" in await text(house, address)
    part = await text(house, f"{address}&part=main")
    assert "widget of supply" in part
    assert "<html" not in part
    for wrong in ("/widgets/guest/none?slot=map", "/widgets/guest/lazy?slot=player", "/widgets/guest/silent?slot=map"):
        await text(house, wrong, 404)


async def test_hook_webui_tabs(house: Running) -> None:
    page = await text(house, "/guest/greet/supply")
    assert 'href="/guest/greet/supply?tab=more"' in page
    opened = await text(house, "/guest/greet/supply?tab=more")
    assert '<p class="guest">widget of supply</p>' in opened
    assert 'class="hello"' not in opened
    assert (await house.web.get("/guest/greet/supply.json?tab=more")).json()["whom"] == "widget of supply"
    assert "Nobody captured it" in await text(house, "/guest/greet/bare")
    assert "Nobody captured it" in await text(house, "/guest/greet/bare?tab=more")
    assert (await house.web.get("/guest/greet/bare.json?tab=more")).status_code == 404


async def test_hook_webui_columns(house: Running) -> None:
    page = await text(house, "/leaderboards?min_rounds=1")
    assert '<abbr title="Applause">Claps</abbr>' in page
    assert page.count("<td>4.2</td>") == 1
    rows = (await house.web.get("/leaderboards.csv?min_rounds=1")).text.splitlines()
    assert rows[0].endswith(",rounds,Claps")
    assert rows[1].endswith(",4.2")


async def test_hook_webui_assets(house: Running) -> None:
    page = await text(house, "/guest/greet/you")
    (style,) = [part.split('"')[0] for part in page.split('href="') if part.split('"')[0].endswith("guest.css")]
    (module,) = [part.split('"')[0] for part in page.split('data-module="')[1:]]
    assert "font-weight" in await text(house, style)
    assert "export function start" in await text(house, module)
    assert "guest.css" not in await text(house, "/leaderboards")


async def test_hook_webui_search(house: Running) -> None:
    groups = (await house.web.get("/search.json?q=you")).json()["groups"]
    assert [g["found"][0]["title"] for g in groups if g["kind"] == "guest"] == ["guest you"]


async def test_hook_webui_live(house: Running) -> None:
    told = (await house.web.get("/guest/live/guests", headers={"accept": "application/json"})).json()
    assert told["snapshot"] == {"guests": 1}


async def test_hook_webui_cards(house: Running) -> None:
    page = await text(house, "/guest/greet/you")
    assert 'property="og:image" content="http://slomix.test/guest/greet/you.png"' in page
    png = await house.web.get("/guest/greet/you.png")
    assert png.headers["content-type"] == "image/png"
    assert png.content[:8] == b"\x89PNG\r\n\x1a\n"
    assert (await house.web.get("/leaderboards.png")).status_code == 404


async def test_hook_webui_templates_and_languages(house: Running) -> None:
    page = await text(house, "/guest/greet/you", **{"accept-language": "de-AT,de;q=0.9,en;q=0.5"})
    assert '<html lang="de"' in page
    assert "Hallo you" in page
    assert ">Gäste<" in page


async def test_preferences_are_kept_in_cookies(house: Running) -> None:
    answer = await house.web.post(
        "/preferences", data={"theme": "contrast", "language": "de", "back": "https://evil.example/"}
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookies = {"cookie": "slomix_theme=contrast; slomix_lang=de"}
    assert 'lang="de" data-theme="contrast"' in await text(house, "/leaderboards", **cookies)
    wrong = {"cookie": 'slomix_theme="><script>; slomix_lang=xx'}
    assert 'lang="en" data-theme="auto"' in await text(house, "/leaderboards", **wrong)
