"""Votes after a session and the challenge of a week, through the bot."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from slomix.people.audit import Who
from slomix.testing.running import Running
from slomix_stats.api import VoteError
from slomix_stats.community.challenges import week_before, week_of
from slomix_stats.community.votes import VOTE_POST, Votes
from slomix_stats.simulate import play_evening

pytestmark = pytest.mark.plugins("stats")


@pytest.mark.parametrize(
    ("day", "week", "before"),
    [(date(2026, 11, 22), "2026-W47", "2026-W46"), (date(2027, 1, 1), "2026-W53", "2026-W52"),
     (date(2024, 12, 30), "2025-W01", "2024-W52")],
)  # fmt: skip
def test_weeks_are_those_of_iso(day: date, week: str, before: str) -> None:
    assert (week_of(day), week_before(week)) == (week, before)


async def played(program: Running, hours_ago: float = 5) -> str:
    """An evening; answers its session."""
    for each in play_evening(seed=4, start=datetime.now(UTC) - timedelta(hours=hours_ago))[:6]:
        await program.give(each.name, each.data, server="home")
    session: str = await program.runtime.db.fetchval("select id from slomix.session order by ended_at desc limit 1")
    return session


async def test_one_vote_each_and_the_last_one_counts(program: Running) -> None:
    session = await played(program)
    votes = Votes(program.runtime.host.context("stats"))
    first, second, *_ = await votes.candidates(session)
    await votes.vote(session, 1, first.player_id)
    await votes.vote(session, 2, first.player_id)
    await votes.vote(session, 2, second.player_id)
    counted = {one.player_id: one.votes for one in await votes.candidates(session)}
    assert (counted[first.player_id], counted[second.player_id], sum(counted.values())) == (1, 1, 2)
    with pytest.raises(VoteError, match="was not in the session"):
        await votes.vote(session, 3, "p0000000000000000")
    seasons = (await program.web.get("/stats/api/v1/seasons")).json()["seasons"]
    told = [(await program.web.get(f"/stats/api/v1/seasons/{each['season_id']}")).json() for each in seasons[:2]]
    assert [award["value"] for season in told for award in season["awards"] if award["key"] == "mvp"] == [1]


async def test_a_vote_is_open_for_a_day(program: Running) -> None:
    session = await played(program, hours_ago=60)
    votes = Votes(program.runtime.host.context("stats"))
    one, *_ = await votes.candidates(session)
    with pytest.raises(VoteError, match="is over"):
        await votes.vote(session, 1, one.player_id)


async def test_by_buttons_and_commands(program: Running, chat: Any) -> None:
    session = await played(program)
    async with program.runtime.db.transaction() as tx:
        await program.runtime.posts.request(tx, VOTE_POST, session)
    await chat.start(program.cogs(), runtime=program.runtime)
    person = chat.fake.person
    shown = await person.slash("stats community votes")
    assert "Nobody has voted yet." in shown.text
    first, *_ = shown.custom_ids()
    assert "Your vote counts" in (await person.click(shown, first)).text
    assert "████████" in (await person.slash("stats community votes")).text
    row = await program.runtime.db.fetchrow("select wanted from slomix.post where post = $1", VOTE_POST)
    assert row["wanted"] == 2, "the message shows the vote"
    name = (await Votes(program.runtime.host.context("stats")).candidates(session))[0].name
    assert "Your vote is for" in (await person.slash("stats community vote", player=name)).text
    assert "Nobody set one" in (await person.slash("stats community challenge")).text
    refused = await person.slash("stats community set", metric="kills", title="Killing week")
    assert refused.ephemeral
    people = program.runtime.people
    await people.grant(Who(actor="test"), int(person.world.person["id"]), "stats.challenge", "tester")
    assert "Killing week" in (await person.slash("stats community set", metric="kills", title="Killing week")).text
    standing = await person.slash("stats community challenge")
    assert "Killing week, this week" in standing.text
