"""From a file of the game server to Discord: real pipeline, worker, bot and discord.py, on the fake Discord."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import SecretStr

from slomix.bot.client import run_bot
from slomix.contrib import Parser
from slomix.ingest.pipeline import Pipeline
from slomix.runtime import Runtime, open_runtime
from slomix.settings import CoreSettings, DatabaseSettings, DiscordSettings, Settings, WebSettings
from slomix.testing.discord.models import Message
from slomix.testing.discord.server import FakeDiscord
from slomix_stats.api import StatsReaderV1, evening_score, find_lineups
from slomix_stats.discord.text import PHONE_WIDTH
from slomix_stats.simulate import SimulatedRound, play_evening

pytestmark = pytest.mark.plugins("stats")

HOME = ZoneInfo("Europe/Ljubljana")
PAGES = "https://stats.example"


class House:
    """A running Slomix with stats only, its Discord, and a game server whose files it is handed."""

    def __init__(self, runtime: Runtime, fake: FakeDiscord) -> None:
        self.runtime = runtime
        self.fake = fake
        core = runtime.settings.core
        self.pipeline = Pipeline(runtime.db, runtime.host.records(Parser), runtime.bus, runtime.clock, core)
        self.reader: StatsReaderV1 = runtime.services.get(StatsReaderV1)  # type: ignore[type-abstract]
        self._tasks: list[asyncio.Task[Any]] = []

    async def start(self, *, bot: bool = True) -> None:
        self._tasks.append(asyncio.create_task(self.runtime.worker.run()))
        if bot:
            known = len(self.fake.gateway.identifies)
            self._tasks.append(asyncio.create_task(run_bot(self.runtime)))
            await self.fake.gateway.ready(identifies=known + 1)

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with suppress(asyncio.CancelledError):
                await task
        self._tasks.clear()

    async def land(self, *rounds: SimulatedRound) -> list[str]:
        ids = []
        for item in rounds:
            outcome = await self.pipeline.offer(item.name, item.data, source="test", server="the server")
            assert outcome.outcome == "imported", outcome
            assert outcome.round_id is not None
            ids.append(outcome.round_id)
        return ids

    async def posted(self, count: int) -> list[Message]:
        """What stands in the channel, once every request of so many rounds is answered."""
        async with asyncio.timeout(60):
            while True:
                rows = await self.runtime.db.fetch("select done, wanted from slomix.post")
                if len(rows) >= count and all(row["done"] == row["wanted"] for row in rows) and await self.handled():
                    return self.fake.posts()
                await asyncio.sleep(0.02)

    async def handled(self) -> bool:
        """Whether nothing is due on the queue."""
        return not await self.runtime.db.fetchval("select count(*) from slomix.pgqueuer where execute_after <= now()")


def evening(hours_ago: float = 3.0, seed: int = 1) -> list[SimulatedRound]:
    """An evening that began so long ago."""
    return play_evening(seed=seed, start=datetime.now(HOME) - timedelta(hours=hours_ago))


@pytest.fixture
async def house(dsn: str, fake_discord: FakeDiscord) -> AsyncIterator[House]:
    fake_discord.world.answer_within = 30.0  # answering in time is tested elsewhere, whatever else this machine does
    core = CoreSettings(
        database=DatabaseSettings(url=dsn),
        web=WebSettings(public_url=PAGES),
        discord=DiscordSettings(
            token=SecretStr(fake_discord.token),
            guild=fake_discord.guild_id,
            channel=fake_discord.channel_id,
            api_base=fake_discord.api_base,
            gateway_url=fake_discord.gateway_url,
            post_max_age=300,
        ),
    )
    sections = {"stats": {"match_post": False}}  # a test of its own looks at those
    settings = Settings(core=core, plugins={"stats": True}, plugin_sections=sections, file=None)
    async with open_runtime(settings, role="all") as runtime:
        house = House(runtime, fake_discord)
        yield house
        await house.stop()


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


# ---- commands ----------------------------------------------------------------------------


async def test_before_the_first_round_the_answers_say_what_to_do(house: House) -> None:
    await house.start()
    session = await house.fake.person.slash("stats session")
    board = await house.fake.person.slash("stats leaderboard")
    assert session.ephemeral
    assert "slomix ingest" in session.text
    assert "Nobody has played 3 rounds yet" in board.text
    assert board.custom_ids() == []


async def test_a_session_shows_its_maps_and_players(house: House) -> None:
    await house.land(*evening())
    await house.start()
    detail = await house.reader.latest_session()
    assert detail is not None
    answer = await house.fake.person.slash("stats session")
    assert answer.embeds[0]["url"] == f"{PAGES}/sessions/{detail.session.session_id}"
    for match in detail.matches:
        assert match.map[:15] in answer.text
    assert detail.players[0].name[:11] in answer.text
    assert not answer.ephemeral


async def test_a_session_shows_the_score_of_its_line_ups_as_the_pages_do(house: House) -> None:
    await house.land(*evening())
    await house.start()
    detail = await house.reader.latest_session()
    assert detail is not None
    rounds = {each.round.round_id: each for each in await house.reader.session_rounds(detail.session.session_id)}
    lineups = find_lineups(detail.matches, rounds)
    score = evening_score(detail.matches, lineups)
    assert score is not None
    answer = await house.fake.person.slash("stats session")
    assert (await house.fake.person.slash("last")).embeds == answer.embeds
    assert answer.embeds[0]["title"].endswith(f"A {score.a} : {score.b} B")
    maps, players = (field["value"].splitlines() for field in answer.embeds[0]["fields"])
    shown = [tuple(map(int, line.split()[-1].split(":"))) for line in maps[2:-1] if line[-2] == ":"]
    assert (sum(a for a, _ in shown), sum(b for _, b in shown)) == (score.a, score.b)
    best = detail.players[0]
    assert players[2].startswith(f"{lineups.letters[best.player_id]} {best.name[:11]}")
    assert max(len(line) for line in (*maps, *players)) <= PHONE_WIDTH


async def test_a_session_is_chosen_by_its_day(house: House) -> None:
    await house.land(*evening(hours_ago=30, seed=2)[:2], *evening()[:2])
    await house.start()
    offered = await house.fake.person.autocomplete("stats session", "session", "")
    assert len(offered) == 2
    answer = await house.fake.person.slash("stats session", session=offered[1]["value"])
    assert answer.embeds[0]["url"].endswith(offered[1]["value"])
    typed = await house.fake.person.slash("stats session", session="yesterday")
    assert typed.ephemeral
    assert "no such session" in typed.text


async def test_a_player_is_found_by_suggestion_guid_and_name(house: House) -> None:
    await house.land(*evening()[:4])
    await house.start()
    detail = await house.reader.latest_session()
    assert detail is not None
    who = detail.players[0]
    assert await house.fake.person.autocomplete("stats player", "name", "") != []
    offered = await house.fake.person.autocomplete("stats player", "name", who.name[:3])
    assert who.player_id in [choice["value"] for choice in offered]
    for typed in (who.player_id, who.guid, who.name):
        answer = await house.fake.person.slash("stats player", name=typed)
        assert answer.embeds[0]["url"] == f"{PAGES}/players/{who.player_id}"
        assert f"{who.kills:,} / {who.deaths:,}" in answer.text


async def test_an_unknown_player_gets_the_nearest_names_ephemerally(house: House) -> None:
    await house.land(*evening()[:4])
    await house.start()
    detail = await house.reader.latest_session()
    assert detail is not None
    who = max(detail.players, key=lambda player: len(player.name))
    answer = await house.fake.person.slash("stats player", name=who.name[:-1] + "§§")
    assert answer.ephemeral
    assert who.guid in answer.text
    nobody = await house.fake.person.slash("stats player", name="*§§§*")
    assert nobody.ephemeral
    assert "No similar name" in nobody.text


async def test_a_leaderboard_turns_its_pages_also_after_a_restart(house: House) -> None:
    await house.land(*evening(hours_ago=30), *evening(seed=2))
    await house.start()
    first = await house.fake.person.slash("stats leaderboard", metric="kills")
    top = await house.reader.leaderboard("kills", limit=20)
    assert len(top.rows) > 10
    assert f" 1 {top.rows[0].name[:14]}" in first.text
    assert first.custom_ids() == ["stats:top:kills:1"]
    await house.stop()
    await house.start()
    second = await house.fake.person.click(first, "stats:top:kills:1")
    assert second.id == first.id
    assert f"{top.rows[10].rank:>2} {top.rows[10].name[:14]}" in second.text
    assert "stats:top:kills:0" in second.custom_ids()
    again = await house.fake.person.click(second, "stats:top:kills:0")
    assert f" 1 {top.rows[0].name[:14]}" in again.text


@pytest.mark.parametrize("metric", ["dpm", "kd", "kills", "accuracy", "headshots", "revives", "xp", "rounds"])
async def test_every_number_has_a_leaderboard(house: House, metric: str) -> None:
    await house.land(*evening()[:6])
    await house.start()
    answer = await house.fake.person.slash("stats leaderboard", metric=metric)
    assert " 1 " in answer.text
    assert "at least 3 rounds" in answer.text


async def test_an_error_behind_a_button_is_for_the_caller_only(house: House) -> None:
    await house.land(*evening(hours_ago=30), *evening(seed=2))
    await house.start()
    board = await house.fake.person.slash("stats leaderboard", metric="kills")
    await house.runtime.db.login().execute("alter table stats.player_round rename to away")
    answer = await house.fake.person.click(board, "stats:top:kills:1")
    assert answer.ephemeral
    assert "`stats`" in answer.text
    assert "incident" in answer.text
