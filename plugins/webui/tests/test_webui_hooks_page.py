"""docs/dashboard/hooks.md: every hook with its exact signature, and its example running in a whole program."""

from __future__ import annotations

import importlib.util
import inspect
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

import pytest
import pytest_asyncio

from slomix.testing.database import fresh_database, sources_for
from slomix.testing.running import Running, running
from slomix_stats.simulate import play_evening
from slomix_webui.api import NavItem
from slomix_webui.api.hooks import RECORDS, WebuiHooks
from slomix_webui.frame.serve import translate

if TYPE_CHECKING:
    from slomix_webui.frame.house import House

pytestmark = pytest.mark.asyncio(loop_scope="module")

LOGIN = {"login": {"client_id": 1234567890, "client_secret": "of a test"}}


def _example() -> ModuleType:
    spec = importlib.util.spec_from_file_location("webui_clapping", Path(__file__).with_name("clapping.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


EXAMPLE = _example()
BLOCKS: list[Any] = EXAMPLE.BLOCKS


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    with EXAMPLE.installed(tmp_path_factory.mktemp("clapping")) as module:
        yield module


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def clapping(module: ModuleType) -> AsyncIterator[Running]:
    with fresh_database(sources_for(("stats", "webui"))) as dsn:
        async with running(dsn, "stats", "webui", "clapping", core={"web": LOGIN}) as program:
            for each in list(play_evening(seed=3))[:4]:
                await program.give(each.name, each.data)
            yield program


def signature(hook: str) -> str:
    function = vars(WebuiHooks)[hook]
    return f"def {hook}{inspect.signature(function)}".replace("'", "")


@pytest.mark.parametrize("hook", RECORDS)
def test_every_hook_is_documented_with_its_signature(hook: str) -> None:
    found = [block for block in BLOCKS if block.heading == hook]
    assert [block.words for block in found] == ["signature", "example"]
    assert found[0].text.strip() == signature(hook)


def test_no_other_hook_is_documented() -> None:
    assert {block.heading for block in BLOCKS if block.words == "signature"} == set(RECORDS)


async def test_the_plugin_of_the_page_runs(clapping: Running) -> None:
    state = clapping.runtime.host.states["clapping"]
    assert (state.state, state.reason) == ("running", "")


async def test_example_of_pages_and_templates(clapping: Running) -> None:
    page = (await clapping.web.get("/clapping/for/supply")).text
    assert "3 claps for supply" in page
    assert (await clapping.web.get("/clapping/for/supply.json")).json() == {"whom": "supply", "claps": 3}
    assert "supply,3" in (await clapping.web.get("/clapping/for/supply.csv")).text
    missing = await clapping.web.get("/clapping/for/radar")
    assert missing.status_code == 404
    assert "<h1>Nobody clapped for radar</h1>" in missing.text


async def test_example_of_nav(clapping: Running) -> None:
    assert '<a href="/clapping/for/supply"' in (await clapping.web.get("/leaderboards")).text


def test_a_menu_entry_with_an_unknown_icon_is_refused_before_a_page_trips_over_it() -> None:
    entry = NavItem(slot="main", label="Claps", address="/clapping/", icon="star")
    with pytest.raises(ValueError, match="'Claps' has an unknown icon 'star'"):
        list(translate(cast("House", None), "clapping", entry))


async def test_examples_of_widgets_and_tabs(clapping: Running) -> None:
    page = (await clapping.web.get("/clapping/for/supply")).text
    assert '<p class="claps">3 claps</p>' in page
    opened = (await clapping.web.get("/clapping/for/supply?tab=claps")).text
    assert 'aria-current="page">Applause</a>' in opened
    assert '<p class="claps">3 claps</p>' in opened


async def test_example_of_columns(clapping: Running) -> None:
    board = (await clapping.web.get("/leaderboards?min_rounds=1")).text
    assert '<abbr title="How often people clapped">Claps</abbr>' in board
    assert "<td>2</td>" in board


async def test_example_of_assets(clapping: Running) -> None:
    page = (await clapping.web.get("/clapping/for/supply")).text
    (module,) = [part.split('"')[0] for part in page.split('data-module="')[1:]]
    assert "export function start" in (await clapping.web.get(module)).text
    assert "claps.css" in page


async def test_example_of_search(clapping: Running) -> None:
    groups = (await clapping.web.get("/search.json?q=supp")).json()["groups"]
    found = [each["address"] for group in groups if group["kind"] == "claps" for each in group["found"]]
    assert found == ["/clapping/for/supply"]


async def test_examples_of_actions_and_settings(clapping: Running, module: ModuleType) -> None:
    me = await clapping.as_person(77)
    sent = {"slot": "map", "id": "supply", "back": "/clapping/for/supply"}
    done = await me.post("/me/actions/clapping/clap", params=sent)
    assert done.status_code == 303, done.text
    assert module.plugin.claps == {"supply": 4}
    module.plugin.claps["supply"] = 3
    saved = await me.post("/me/settings/clapping/claps", data={"quiet": "1"})
    assert saved.status_code == 303, saved.text
    assert module.plugin.quiet == {77}


async def test_example_of_live(clapping: Running) -> None:
    told = (await clapping.web.get("/clapping/live/claps", headers={"accept": "application/json"})).json()
    assert told["snapshot"] == {"claps": 3}


async def test_example_of_cards(clapping: Running) -> None:
    png = await clapping.web.get("/clapping/for/supply.png")
    assert png.content[:8] == b"\x89PNG\r\n\x1a\n"
