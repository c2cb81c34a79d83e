"""From a file of the game server to Discord: real pipeline, worker, bot and discord.py, on the fake Discord."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from slomix_stats.simulate import SimulatedRound, play_evening

pytestmark = pytest.mark.plugins("stats")

HOME = ZoneInfo("Europe/Ljubljana")
PAGES = "https://stats.example"


#: What `house` is: see conftest.py.
House = Any


def evening(hours_ago: float = 3.0, seed: int = 1) -> list[SimulatedRound]:
    """An evening that began so long ago."""
    return play_evening(seed=seed, start=datetime.now(HOME) - timedelta(hours=hours_ago))


def first_match(rounds: Sequence[SimulatedRound]) -> tuple[SimulatedRound, SimulatedRound]:
    """The first round 1 that was followed by its round 2."""
    for one, two in pairwise(rounds):
        if (one.truth.number, two.truth.number) == (1, 2) and one.truth.map == two.truth.map:
            return one, two
    raise LookupError("nobody finished a map")


# ---- posts -------------------------------------------------------------------------------


async def test_every_fresh_round_is_posted_once(house: House) -> None:
    await house.start()
    rounds = evening()[:4]
    ids = await house.land(*rounds)
    messages = await house.posted(4)
    assert [message.embeds[0]["url"] for message in messages] == [f"{PAGES}/rounds/{id_}" for id_ in ids]
    for item, message in zip(rounds, messages, strict=True):
        embed = message.embeds[0]
        assert embed["title"].startswith(f"{item.truth.map.replace('_', chr(92) + '_')} R{item.truth.number} · ")
        assert [field["name"].split()[0] for field in embed["fields"]] in (["Allies", "Axis"], ["Axis", "Allies"])


async def test_a_post_shows_who_did_what(house: House) -> None:
    await house.start()
    (round_id,) = await house.land(evening()[0])
    (message,) = await house.posted(1)
    detail = await house.reader.round(round_id)
    assert detail is not None
    best = detail.players[0]
    row = next(line for line in message.text.splitlines() if line.startswith(best.name[:11]))
    assert f"{best.kills}/{best.deaths}" in row.split()
    assert f"{best.dpm:.0f}" in row.split()
    assert max(len(line) for field in message.embeds[0]["fields"] for line in field["value"].splitlines()) <= 34


async def test_old_rounds_are_imported_without_a_post(house: House) -> None:
    await house.start()
    await house.land(*evening(hours_ago=48, seed=2)[:2])
    await house.land(evening()[0])
    messages = await house.posted(1)
    assert len(messages) == 1
    assert await house.runtime.db.fetchval("select count(*) from slomix.round") == 3


async def test_a_late_round_1_edits_the_post_of_round_2(house: House) -> None:
    await house.start()
    one, two = first_match(evening())
    (second,) = await house.land(two)
    (before,) = await house.posted(1)
    assert "Round 1 is missing" in before.text
    orphan = before.text
    await house.land(one)
    messages = await house.posted(2)
    after = next(message for message in messages if message.id == before.id)
    assert len(messages) == 2
    assert after.edits >= 1
    assert after.embeds[0]["url"].endswith(second)
    assert "Round 1 is missing" not in after.text
    assert after.text != orphan


async def test_a_restart_of_the_bot_posts_and_publishes_nothing_again(house: House) -> None:
    rounds = evening()
    await house.start()
    await house.land(*rounds[:2])
    before = [message.id for message in await house.posted(2)]
    await house.stop()
    await house.land(rounds[2])
    await house.start()
    after = [message.id for message in await house.posted(3)]
    assert after[:2] == before
    assert len(after) == 3
    assert len(house.fake.calls_of("PUT", "/commands$")) == 1
