"""A session cut into pieces: every piece says the same as the whole, and no sum holds a round that does not count."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from slomix.testing.running import Running
from slomix_stats.api import StatsInsightV1, StatsReaderV1, StatsVotesV1
from slomix_stats.simulate import play_evening, simulate

pytestmark = pytest.mark.plugins("stats")


def insight_of(program: Running) -> StatsInsightV1:
    found: StatsInsightV1 = program.runtime.services.get(StatsInsightV1)  # type: ignore[type-abstract]
    return found


def reader_of(program: Running) -> StatsReaderV1:
    found: StatsReaderV1 = program.runtime.services.get(StatsReaderV1)  # type: ignore[type-abstract]
    return found


async def evening(program: Running, *, seed: int = 3, days: int = 0) -> str:
    """A simulated evening so many days after the first; answers its session."""
    start = datetime(2026, 9, 1, 19, tzinfo=UTC) + timedelta(days=days)
    outcomes = [
        await program.give(each.name, each.data, server="home") for each in play_evening(seed=seed, start=start)
    ]
    assert outcomes
    found: str = await program.runtime.db.fetchval("select id from slomix.session order by ended_at desc limit 1")
    return found


async def test_pieces_are_those_of_the_whole(program: Running) -> None:
    session = await evening(program)
    insight, reader = insight_of(program), reader_of(program)
    whole = await insight.session_insight(session)
    detail = await reader.session(session)
    assert whole is not None
    assert detail is not None
    for metric in insight.metrics():
        grid = await insight.session_grid(metric.name, session)
        assert grid is not None
        found = {row.who.player_id: row.whole.value for row in grid.rows}
        assert found == {each.numbers.who.player_id: each.numbers.get(metric.name) for each in whole.players}

    damage = await insight.session_grid("damage", session)
    assert damage is not None
    for row in damage.rows:
        assert sum(value or 0 for value in row.matches.values()) == row.whole.value
        halves = [half.value or 0 for half in (row.attack, row.defence) if half is not None]
        assert sum(halves) == row.whole.value
    lines = {line.player_id: line.damage_given for line in detail.players}
    assert {row.who.player_id: row.whole.value for row in damage.rows} == lines


async def test_the_summary_names_those_of_the_other_answers(program: Running, tmp_path: Path) -> None:
    await program.take(simulate(tmp_path, seed=5, rounds=26))
    insight = insight_of(program)
    latest, *earlier = [line.session_id for line in (await reader_of(program).sessions()).sessions]
    summary, whole, awards = [
        await insight.session_summary(latest),
        await insight.session_insight(latest),
        await insight.session_awards(latest),
    ]
    assert summary is not None
    assert whole is not None
    assert awards is not None
    assert (summary.mvps, summary.fun) == (whole.mvps, awards.fun)
    assert summary.reached == await insight.reached(latest)
    dpm = {player.numbers.who.player_id: player.numbers.get("dpm") for player in whole.players}
    assert {line.who.player_id: pytest.approx(line.value, abs=0.01) for line in summary.form} == dpm

    damage: defaultdict[str, float] = defaultdict(float)
    seconds: defaultdict[str, float] = defaultdict(float)
    for each in earlier:
        before = await insight.session_insight(each)
        assert before is not None
        for player in before.players:
            damage[player.numbers.who.player_id] += player.numbers.get("damage") or 0
            seconds[player.numbers.who.player_id] += player.numbers.get("playtime") or 0
    for line in summary.form:
        who = line.who.player_id
        usual = 60 * damage[who] / seconds[who] if seconds[who] else None
        assert line.usual == (None if usual is None else pytest.approx(usual, abs=0.01))
    changes = [line.delta_percent for line in summary.form if line.delta_percent is not None]
    assert changes
    assert changes == sorted(changes, reverse=True)


async def test_a_start_that_was_played_again_is_in_no_sum(program: Running) -> None:
    first, second = play_evening(seed=3)[:2]
    moment = datetime.strptime(first.name[:17], "%Y-%m-%d-%H%M%S") - timedelta(minutes=9)  # noqa: DTZ007 - a wall clock
    start = first.data.replace(b"\\", b" \\", 1)  # the name of the host, so that it is another file
    await program.give(f"{moment:%Y-%m-%d-%H%M%S}{first.name[17:]}", start, server="home")
    for each in (first, second):
        await program.give(each.name, each.data, server="home")
    reader, insight = reader_of(program), insight_of(program)
    detail = await reader.latest_session()
    assert detail is not None
    false_start, match = detail.matches
    assert false_start.r1 is not None
    assert false_start.r1.invalid_reason == "cancelled"
    assert detail.session.rounds == 3
    assert max(line.rounds for line in detail.players) == 2
    played = await reader.match(match.match_id)
    again = await reader.match(false_start.match_id)
    assert played is not None
    assert again is not None
    kills = {line.player_id: line.kills for line in detail.players}
    assert {line.player_id: line.kills for line in played.totals} == kills
    assert again.r1_players
    assert again.totals == ()
    grid = await insight.session_grid("kills", detail.session.session_id)
    assert grid is not None
    assert {row.who.player_id: row.whole.value for row in grid.rows} == kills


async def test_duos_are_the_pairs_of_a_team(program: Running) -> None:
    session = await evening(program)
    duos = await insight_of(program).session_duos(session)
    detail = await reader_of(program).session(session)
    assert detail is not None
    assert duos
    for segment in detail.segments:
        for team in (segment.team_a, segment.team_b):
            for one in team:
                for other in team:
                    pair = {one, other}
                    assert len(pair) == 1 or any({duo.first.player_id, duo.second.player_id} == pair for duo in duos)
    assert [duo.dpm for duo in duos] == sorted((duo.dpm for duo in duos), reverse=True)
    assert all(duo.won + duo.lost + duo.drawn <= duo.matches for duo in duos)


async def test_sessions_are_found_by_text_and_have_neighbours_and_scores(program: Running) -> None:
    first = await evening(program)
    second = await evening(program, seed=4, days=2)
    reader = reader_of(program)
    detail = await reader.session(first)
    assert detail is not None
    name = detail.players[0].name
    listed = {line.session_id: line for line in (await reader.sessions()).sessions}
    for session in (first, second):
        told = await reader.session(session)
        assert told is not None
        scored = [segment for segment in told.segments if told.scored(segment)]
        assert [(each.number, each.points_a, each.points_b) for each in listed[session].scores] == [
            (each.number, each.points_a, each.points_b) for each in scored
        ]
    assert first in {line.session_id for line in (await reader.sessions(text=name.upper())).sessions}
    assert (await reader.sessions(text="no such map%")).sessions == ()
    maps = set(listed[first].maps) - set(listed[second].maps)
    for each in maps:
        assert [line.session_id for line in (await reader.sessions(text=each)).sessions] == [first]

    around = await reader.sessions_around(first)
    assert (around.older, around.newer) == (None, listed[second])
    around = await reader.sessions_around(second)
    assert (around.older, around.newer) == (listed[first], None)
    days = await reader.session_days(datetime(2026, 9, 1, tzinfo=UTC).date())
    assert [(day.sessions, day.rounds) for day in days] == [(1, listed[first].rounds), (1, listed[second].rounds)]


async def test_weapons_of_rounds_are_those_of_the_session(program: Running) -> None:
    session = await evening(program)
    detail = await reader_of(program).session(session)
    whole = await insight_of(program).session_insight(session)
    assert detail is not None
    assert whole is not None
    halves = [half for match in detail.matches for half in (match.r1, match.r2) if half and half.invalid_reason is None]
    weapons = await reader_of(program).weapons([half.round_id for half in halves])
    assert {player.numbers.who.player_id: player.weapons for player in whole.players} == weapons


async def test_what_the_vote_says(program: Running) -> None:
    session = await evening(program)
    votes: StatsVotesV1 = program.runtime.services.get(StatsVotesV1)  # type: ignore[type-abstract]
    assert await votes.results("s0") is None
    over = await votes.results(session)
    assert over is not None
    assert (over.open, over.candidates, over.votes) == (False, (), 0)
    for each in play_evening(seed=4, start=datetime.now(UTC) - timedelta(hours=5)):
        await program.give(each.name, each.data, server="home")
    latest = (await reader_of(program).sessions(limit=1)).sessions[0].session_id
    found = await votes.results(latest)
    whole = await insight_of(program).session_insight(latest)
    assert found is not None
    assert whole is not None
    assert found.open
    assert [one.player_id for one in found.candidates] == [each.numbers.who.player_id for each in whole.players]
    assert await votes.choice(latest, 1) is None
    await votes.vote(latest, 1, found.candidates[1].player_id)
    assert await votes.choice(latest, 1) == found.candidates[1].player_id
    now = await votes.results(latest)
    assert now is not None
    assert [one.votes for one in now.candidates][:2] == [0, 1]
