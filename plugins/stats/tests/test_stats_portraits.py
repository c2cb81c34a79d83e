"""The reads for pages of players: the same numbers as the answers that ask for one thing at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from slomix.testing.running import Running, running
from slomix_stats.api import BadScope, PlayerRound, PlayerSort, Scope, StatsInsightV1, StatsPlayersV1, StatsReaderV1
from slomix_stats.simulate import simulate

pytestmark = pytest.mark.plugins("stats")

MERGE = "insert into slomix.player_alias (id, player_id) values ('p0000000000000000', $1)"


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Two evenings and the beginning of a third."""
    return list(simulate(tmp_path, seed=5, rounds=26))


@pytest_asyncio.fixture
async def house(dsn: str, files: list[Path]) -> AsyncIterator[Running]:
    async with running(dsn, "stats") as house:
        await house.take(files)
        yield house


async def test_reads_of_players(house: Running) -> None:
    services = house.runtime.services
    players: StatsPlayersV1 = services.get(StatsPlayersV1)  # type: ignore[type-abstract]
    insight: StatsInsightV1 = services.get(StatsInsightV1)  # type: ignore[type-abstract]
    reader: StatsReaderV1 = services.get(StatsReaderV1)  # type: ignore[type-abstract]
    player = (await insight.board("rounds", Scope(min_rounds=1))).rows[0].who.player_id
    await one_player(players, insight, player)
    portrait = await players.portrait(player)
    assert portrait is not None
    assert portrait.profile == await reader.player(player)
    await in_a_part(players, insight, player)
    await lists(players, reader)
    await page_by_page(players, reader, player)
    await mates(players, insight, player)
    async with house.runtime.db.transaction() as tx:
        await tx.execute(MERGE, player)
    await merged(players, reader, player)


async def one_player(players: StatsPlayersV1, insight: StatsInsightV1, player: str) -> None:
    """Each part of a portrait is what the answer of its own says."""
    portrait = await players.portrait(player)
    assert portrait is not None
    assert portrait.numbers == await insight.numbers(player)
    assert portrait.bands == await insight.bands(player)
    assert portrait.achievements == await insight.achievements(player)
    assert not portrait.linked
    everything = Scope()
    affinity = await insight.map_affinity(player, everything)
    assert affinity is not None
    mine = {each.map: each for each in portrait.maps.maps if each.verdict is not None}
    assert {each.map: (each.rounds, each.dpm, each.kd, each.delta_percent, each.verdict) for each in affinity.maps} == {
        each.map: (each.rounds, each.dpm, each.kd, each.delta_percent, each.verdict) for each in mine.values()
    }
    roles = await insight.attack_defence(player, everything)
    assert roles is not None
    told = portrait.maps
    assert (told.attack, told.defence, told.preference, told.strength_percent) == (
        roles.attack, roles.defence, roles.preference, roles.strength_percent,
    )  # fmt: skip
    assert sum(each.attack.rounds for each in told.maps) == told.attack.rounds > 0
    form = await insight.form()
    assert portrait.form == next((line for line in form.rows if line.who.player_id == player), None)
    best = {each.metric: each.value for each in portrait.bests}
    assert best["kills"] == max(
        each.line.kills for each in await all_rounds(players, player) if each.round.invalid_reason is None
    )


async def all_rounds(players: StatsPlayersV1, player: str) -> tuple[PlayerRound, ...]:
    page = await players.sessions(player)
    assert page is not None
    return await players.rounds(player, [each.session.session_id for each in page.sessions])


async def in_a_part(players: StatsPlayersV1, insight: StatsInsightV1, player: str) -> None:
    """A period and a map; and what is too much to add up for everybody leaves the bands out, not the page."""
    scope = Scope(period="90d")
    portrait = await players.portrait(player, scope)
    assert portrait is not None
    assert portrait.numbers == await insight.numbers(player, scope)
    wide = await players.portrait(player, Scope(period="2000-01-01..2099-12-31", side="attack"))
    assert wide is not None
    assert wide.numbers.rounds == wide.maps.attack.rounds > 0
    assert wide.bands.bands == ()
    assert await players.portrait("p-nobody") is None
    with pytest.raises(BadScope, match="There is no period"):
        await players.portrait(player, Scope(period="never"))


async def lists(players: StatsPlayersV1, reader: StatsReaderV1) -> None:
    everybody = await players.listed()
    assert everybody.players == len(everybody.rows) > 3
    orders: tuple[PlayerSort, ...] = ("seen", "name", "rounds", "time", "dpm", "kd")
    for sort in orders:
        page = await players.listed(sort=sort, limit=2, offset=1)
        whole = await players.listed(sort=sort)
        assert page.rows == whole.rows[1:3]
        assert page.players == everybody.players
    by_rounds = [each.rounds for each in (await players.listed(sort="rounds")).rows]
    assert by_rounds == sorted(by_rounds, reverse=True)
    some = everybody.rows[0]
    for text in (some.who.name[:3].upper(), some.who.guid[:5].lower(), some.who.name_raw):
        found = {each.who.player_id for each in (await players.listed(text)).rows}
        assert some.who.player_id in found
        assert found == {each.player_id for each in await reader.find_players(text)}
    assert (await players.listed("%")).rows == ()
    assert (await players.listed("no\0body")).rows == ()


async def page_by_page(players: StatsPlayersV1, reader: StatsReaderV1, player: str) -> None:
    profile = await reader.player(player)
    first = await players.sessions(player, limit=1)
    assert profile is not None
    assert first is not None
    assert first.sessions == profile.sessions[:1]
    following = await players.sessions(player, limit=100, before=first.next)
    assert following is not None
    assert following.sessions == profile.sessions[1:]
    assert following.next is None
    assert await players.sessions("p-nobody") is None
    rounds = await players.rounds(player, [profile.sessions[0].session.session_id])
    assert (
        sum(each.line.kills for each in rounds if each.round.invalid_reason is None) == profile.sessions[0].line.kills
    )


async def mates(players: StatsPlayersV1, insight: StatsInsightV1, player: str) -> None:
    found = await players.mates(player)
    assert found is not None
    for mate in found.mates:
        duo = await insight.duo(player, mate.who.player_id)
        assert duo is not None
        assert (duo.together, duo.won, duo.lost, duo.drawn) == (mate.matches, mate.won, mate.lost, mate.drawn)
        assert duo.first.dpm_together == mate.dpm
    with pytest.raises(BadScope, match="period only"):
        await players.mates(player, Scope(side="attack"))


async def merged(players: StatsPlayersV1, reader: StatsReaderV1, player: str) -> None:
    """An id that was merged into a player leads to the player."""
    portrait = await players.portrait("p0000000000000000")
    profile = await reader.player("p0000000000000000")
    assert portrait is not None
    assert profile is not None
    assert portrait.who.player_id == profile.player_id == player
