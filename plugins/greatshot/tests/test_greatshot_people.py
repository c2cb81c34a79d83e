"""Whoever is forgotten is in no row and no file; whoever asks gets everything; who is merged keeps their moments."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from slomix.testing.running import Running
from slomix_greatshot.plugin import plugin
from slomix_greatshot.simulate.feed import simulate

pytestmark = pytest.mark.plugins("stats", "webui", "greatshot")

BEST = """
select p.player_id, p.name from greatshot.demo_player p
where p.player_id is not null order by p.kills desc, p.number limit 1
"""
EVERYTHING = ("demo", "demo_player", "chat", "highlight", "render", "seen_file")


@pytest.fixture
async def linked(program: Running, tmp_path: Path) -> dict[str, Any]:
    """A simulated round with its demo, sent by account 77."""
    from slomix.contrib import Simulator

    host = program.runtime.host
    host.declare(("register_simulators",))
    stats = next(each.record for each in host.records(Simulator) if each.plugin == "stats")
    start = datetime.now() - timedelta(days=3)  # noqa: DTZ005 - the server's clock
    await program.take(stats.run(tmp_path / "stats", seed=3, rounds=2, start=start))
    (file,) = simulate(tmp_path / "demos", seed=3, rounds=2, start=start)
    me = await program.as_person(77)
    sent = await me.post(f"/greatshot/api/v1/demos?name={file.name}", content=file.read_bytes())
    await program.settle()
    row = await host.context("greatshot").db.fetchrow(BEST)
    assert row is not None
    return {"me": me, "address": sent.json()["address"], "player": row["player_id"], "name": row["name"]}


async def test_who_is_forgotten_is_nowhere(program: Running, linked: dict[str, Any]) -> None:
    from slomix.people.audit import Who

    people = program.runtime.people
    who = Who(actor="cli:test")
    await people.link(who, 77, linked["player"], "a test")
    person = await people.person(linked["player"])
    told = (await people.export(person))["plugins"]["greatshot"]
    assert [sent["file"] for sent in told["sent"]]
    assert told["shown"][0]["name"] == linked["name"]
    await people.forget(who, person)
    await program.settle()
    db = program.runtime.host.context("greatshot").db
    for table in EVERYTHING:
        kept = json.dumps([dict(row) for row in await db.fetch(f"select * from greatshot.{table}")], default=str)
        for word in (linked["name"], linked["player"], *person.guids, "77,"):
            assert word not in kept, f"{table} still mentions {word}"
    vault = plugin.parts(program.runtime.host.context("greatshot")).vault
    view = (await linked["me"].get(f"{linked['address']}.json")).json()
    assert view["demo"]["available"] is False
    assert view["demo"]["kills"] > 0
    assert all(not moment["line"]["has_clip"] for moment in view["moments"])
    assert {path.parent.name for path in vault.root.rglob("*.dm_84")} <= {"demos", "clips"}


async def test_moments_go_with_players_who_are_merged(program: Running, linked: dict[str, Any]) -> None:
    from slomix.people.audit import Who

    people, db = program.runtime.people, program.runtime.host.context("greatshot").db
    others = await program.runtime.db.fetch("select id from slomix.player where id <> $1 order by id", linked["player"])
    await people.merge(Who(actor="cli:test"), linked["player"], others[0]["id"], together=True)
    left = {row["player_id"] for row in await db.fetch("select distinct player_id from greatshot.demo_player")}
    assert len(left & {linked["player"], others[0]["id"]}) == 1
