"""The vote for the most valuable player on the web: one per person with Discord's, for who plays here, for a day."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
import pytest_asyncio

from slomix.people.audit import Who
from slomix.testing.database import fresh_database, sources_for
from slomix.testing.running import Running, running
from slomix_stats.api import StatsVotesV1
from slomix_stats.simulate import play_evening

pytestmark = pytest.mark.asyncio(loop_scope="module")

ME, OTHER = 770000000000000041, 770000000000000042
LOGIN = {"login": {"client_id": 1234567890, "client_secret": "of a test"}}
PLUGINS = ("stats", "webui")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house() -> AsyncIterator[Running]:
    with fresh_database(sources_for(PLUGINS)) as dsn:
        async with running(dsn, *PLUGINS, core={"web": LOGIN}) as program:
            for each in play_evening(seed=4, start=datetime.now(UTC) - timedelta(hours=5))[:6]:
                await program.give(each.name, each.data, server="home")
            yield program


def votes_of(house: Running) -> StatsVotesV1:
    found: StatsVotesV1 = house.runtime.services.get(StatsVotesV1)  # type: ignore[type-abstract]
    return found


async def session_of(house: Running) -> str:
    found: str = await house.runtime.db.fetchval("select id from slomix.session order by ended_at desc limit 1")
    return found


async def test_a_player_votes_and_the_page_shows_it(house: Running) -> None:
    session, votes = await session_of(house), votes_of(house)
    results = await votes.results(session)
    assert results is not None
    first, second, *_ = results.candidates
    address = f"/sessions/{session}"
    assert "Nobody has voted yet." in (await house.web.get(address)).text

    me = await house.as_person(ME)
    place = unescape(re.findall(r'data-mine="(/me/actions[^"]+)"', (await me.get(address)).text)[0])
    assert "Vote for the most valuable player" not in (await me.get(f"{place}&part=main")).text, "not a player yet"
    await house.runtime.people.link(Who(actor="test"), ME, second.player_id, "tester")
    page = (await me.get(f"{place}&part=main")).text
    action = unescape(re.findall(r'action="(/me/actions/webui/vote[^"]*)"', page)[0])
    assert re.findall(r'<option value="(p[0-9a-f]+)"', page) == [one.player_id for one in results.candidates]

    await votes.vote(session, ME, second.player_id)  # as the button in Discord does
    answer = await me.post(action, data={"player": first.player_id})
    assert answer.status_code == 303
    assert await votes.choice(session, ME) == first.player_id
    await votes.vote(session, OTHER, first.player_id)
    now = await votes.results(session)
    assert now is not None
    assert {one.player_id: one.votes for one in now.candidates if one.votes} == {first.player_id: 2}
    assert f'<option value="{first.player_id}" selected>' in (await me.get(f"{place}&part=main")).text
    text = (await house.web.get(address)).text
    assert "2 people have voted." in text
    assert "Nobody has voted yet." not in text


async def test_what_can_not_be_voted_is_a_sentence(house: Running) -> None:
    session, votes = await session_of(house), votes_of(house)
    me = await house.as_person(ME)
    action = f"/me/actions/webui/vote?slot=session&id={session}"
    before = await votes.choice(session, ME)
    for player in ("p0000000000000000", "", "x" * 300):
        answer = await me.post(action, data={"player": player})
        assert answer.status_code in {400, 422}, answer.text[:500]
    assert await votes.choice(session, ME) == before
    stranger = await house.as_person(OTHER + 7)
    answer = await stranger.post(action, data={"player": before})
    assert answer.status_code >= 400
    assert await votes.choice(session, OTHER + 7) is None


async def test_a_vote_that_is_over_shows_its_end(house: Running) -> None:
    for each in play_evening(seed=9, start=datetime.now(UTC) - timedelta(hours=70))[:2]:
        await house.give(each.name, each.data, server="home")
    old = await house.runtime.db.fetchval("select id from slomix.session order by ended_at limit 1")
    assert "Vote: most valuable player" not in (await house.web.get(f"/sessions/{old}")).text
    stats = house.runtime.db.plugin("stats")
    player = await stats.fetchval("select player_id from stats.player_session where session_id = $1", old)
    vote = "insert into stats.mvp_vote (session_id, voter, player_id, voted_at) values ($1, 5, $2, now())"
    async with stats.transaction() as tx:
        await tx.execute(vote, old, player)
    assert "The vote is over" in (await house.web.get(f"/sessions/{old}?again=1")).text
