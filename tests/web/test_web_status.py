"""What load balancers, monitors and people are told of the program."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.applications import Starlette

from slomix.host.state import PluginState
from slomix.testing.web import client_of
from slomix.web.app import build_app

ROUND = """
insert into slomix.server (id, name) values ('s', 's');
insert into slomix.session (id, server_id, started_at, ended_at, rounds, matches, players)
values ('n', 's', '2026-08-01 20:00Z', '2026-08-01 20:30Z', 1, 1, 6);
insert into slomix.match (id, server_id, session_id, map, ended_at, status)
values ('m', 's', 'n', 'supply', '2026-08-01 20:30Z', 'open');
insert into slomix.round (id, server_id, map, number, ended_local, ended_at, utc_offset_s, exact, match_id, session_id)
values ('r', 's', 'supply', 1, '2026-08-01 22:30', '2026-08-01 20:30Z', 7200, true, 'm', 'n');
insert into slomix.artifact (sha256, name, source, size, outcome, reason)
values ('a', 'a.txt', 'folder', 1, 'imported', null), ('b', 'b.txt', 'folder', 1, 'quarantined', 'bad_name'),
       ('c', 'c.txt', 'folder', 1, 'imported', null);
"""


def states() -> dict[str, PluginState]:
    return {
        "stats": PluginState(name="stats", state="running", version="0.1.0", hooks=("register_parsers", "startup")),
        "proximity": PluginState(name="proximity", state="failed", reason="import: <NoModule> 'x'"),
    }


async def test_the_process_is_alive_without_any_database(app_of: Callable[..., Starlette]) -> None:
    async with client_of(app_of()) as web:
        alive = await web.get("/healthz")
    assert (alive.status_code, alive.text) == (200, "ok\n")


async def test_the_status_tells_database_plugins_rounds_and_ledger(house: Any) -> None:
    async with house.db.transaction() as tx:
        await tx.execute(ROUND)
    house.host.states = states()
    async with client_of(build_app(house, None)) as web:  # type: ignore[arg-type]
        status = (await web.get("/api/status")).json()
    assert status["status"] == "degraded"
    assert status["database"] == "reachable"
    assert status["last_round_at"] == "2026-08-01T20:30:00Z"
    assert status["ledger"] == {"imported": 2, "empty": 0, "quarantined": 1}
    assert status["bot"]["on"] is False
    assert "SLOMIX_DISCORD__TOKEN" in status["bot"]["reason"]
    assert status["plugins"][0] == {
        "name": "stats", "version": "0.1.0", "state": "running", "reason": "", "hooks": ["register_parsers", "startup"],
    }  # fmt: skip
    assert status["uptime_s"] >= 0


async def test_all_is_well_when_all_is_well(house: Any) -> None:
    house.host.states = {"stats": states()["stats"]}
    async with client_of(build_app(house, None)) as web:  # type: ignore[arg-type]
        status = (await web.get("/api/status")).json()
    assert (status["status"], status["last_round_at"]) == ("ok", None)


async def test_the_status_says_that_the_database_is_away(app_of: Callable[..., Starlette]) -> None:
    async with client_of(app_of()) as web:
        answer = await web.get("/api/status")
    assert answer.status_code == 200
    assert answer.json()["database"] == "unreachable"
    assert answer.json()["ledger"] is None


async def test_people_see_the_plugins_as_a_table_with_its_style(house: Any) -> None:
    house.host.states = states()
    async with client_of(build_app(house, None)) as web:  # type: ignore[arg-type]
        page = await web.get("/-/plugins")
        style = page.text.partition('rel="stylesheet" href="')[2].partition('"')[0]
        assert (await web.get(style)).headers["content-type"] == "text/css; charset=utf-8"
        listed = (await web.get("/-/plugins.json")).json()
    assert [plugin["name"] for plugin in listed] == ["stats", "proximity"]
    assert '<th scope="row">proximity</th>' in page.text
    assert "import: &lt;NoModule&gt; &#x27;x&#x27;" in page.text
    assert "parsers, startup" in page.text
