"""Every answer about the numbers, over a small simulated community: against the rounds themselves, and as JSON."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from slomix.testing.running import Running, running
from slomix_stats.api import StatsInsightV1
from slomix_stats.ledgers import keep_ledgers
from slomix_stats.metrics.catalogue import CLASSIC, METRICS
from slomix_stats.settle.session import settle
from slomix_stats.simulate import simulate

pytestmark = pytest.mark.plugins("stats")

API = "/stats/api/v1"
ROUNDS = 26
LEDGERS = {
    "best": "player_id, over, metric, map",
    "attack": "round_id",
    "pair_session": "session_id, player_id, other_id, together",
    "achievement": "player_id, ladder, threshold",
    "pair_total": "player_id, other_id, together",
    "map_total": "map",
}
VALID = """
from stats.player_round p
join stats.round s on s.round_id = p.round_id and s.valid
join slomix.round r on r.id = p.round_id
"""


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Two evenings and the beginning of a third."""
    return list(simulate(tmp_path, seed=5, rounds=ROUNDS))


@pytest_asyncio.fixture
async def house(dsn: str, files: list[Path]) -> AsyncIterator[Running]:
    async with running(dsn, "stats") as house:
        await house.take(files)
        yield house


class Asking:
    """JSON answers of one house."""

    def __init__(self, house: Running) -> None:
        self.web = house.web
        self.db = house.runtime.db.plugin("stats")

    async def get(self, path: str) -> Any:
        answer = await self.web.get(API + path)
        assert answer.status_code == 200, f"{path}: {answer.text}"
        return answer.json()

    async def refused(self, path: str, status: int) -> str:
        answer = await self.web.get(API + path)
        assert answer.status_code == status, f"{path}: {answer.text}"
        return str(answer.json()["detail"])

    async def sums(self, what: str, where: str = "true") -> dict[str, Any]:
        """Player to a value over the valid rounds themselves."""
        rows = await self.db.fetch(f"select p.player_id, ({what})::float8 as value {VALID} where {where} group by 1")
        return {row["player_id"]: row["value"] for row in rows}


def values(board: Any) -> dict[str, float]:
    return {row["who"]["player_id"]: row["value"] for row in board["rows"]}


async def test_the_answers_are_those_of_the_rounds(house: Running) -> None:
    asking = Asking(house)
    await boards(asking)
    await scopes(asking)
    await one_player(asking)
    await one_session(asking)
    await everybody(asking)
    await refusals(asking)
    await described(asking)
    await killers(asking)


async def boards(asking: Asking) -> None:
    """All lists rank what the rounds add up to."""
    dpm = await asking.sums("sum(p.damage_given) * 60.0 / sum(p.time_played_s)")
    whole = await asking.get("/leaderboards/dpm?min_rounds=1&limit=100")
    assert values(whole) == pytest.approx(dpm, abs=1e-3)
    ranked = [row["value"] for row in whole["rows"]]
    assert ranked == sorted(ranked, reverse=True)
    assert whole["rows"][0]["rank"] == 1
    assert whole["players"] == len(dpm)

    first = await asking.get("/leaderboards/dpm?min_rounds=1&limit=5")
    second = await asking.get(f"/leaderboards/dpm?min_rounds=1&limit=100&cursor={first['next']}")
    assert first["rows"] + second["rows"] == whole["rows"]
    assert second["next"] is None

    nades = await asking.sums("sum(coalesce(p.weapon_kills[array_position(p.weapon_slots, 11::smallint)], 0))")
    assert values(await asking.get("/leaderboards/nades?min_rounds=1&limit=100")) == nades
    for name in CLASSIC:
        board = await asking.get(f"/leaderboards/{name}?min_rounds=1&limit=100")
        assert len(board["rows"]) > 3
        assert all(row["number"]["rounds"] <= row["number"]["of"] for row in board["rows"])
    assert (await asking.get("/leaderboards/kills"))["scope"]["min_rounds"] == 10
    assert (await asking.get("/leaderboards/kd"))["scope"]["min_rounds"] == 50
    assert (await asking.get("/leaderboards/kd?period=2026-Q3"))["scope"]["min_rounds"] == 3


async def scopes(asking: Asking) -> None:
    """Periods, maps, sides and formats restrict the rounds, alone and together."""
    kills = "sum(p.kills)"
    some_map = (await asking.get("/maps"))["maps"][0]["map"]
    role = "(p.side = s.defender) = false and p.side in ('axis', 'allies')"
    month = "r.ended_at >= '2026-09-01T00:00Z' and r.ended_at < '2026-10-01T00:00Z'"
    for scope, where in {
        f"map={some_map}": f"r.map = '{some_map}'",
        "side=axis": "p.side = 'axis'",
        "side=attack": role,
        f"map={some_map}&side=attack": f"r.map = '{some_map}' and {role}",
        "period=2026-09": month,
        f"period=2026-09&map={some_map}&side=attack": f"r.map = '{some_map}' and {role} and {month}",
        "period=2020-01-01..2020-02-01": "false",
    }.items():
        board = await asking.get(f"/leaderboards/kills?min_rounds=1&limit=100&{scope}")
        assert values(board) == await asking.sums(kills, where), scope
    teams = await asking.get("/sessions/latest/teams")
    form = teams["segments"][0]["format"]
    board = await asking.get(f"/leaderboards/kills?min_rounds=1&limit=100&format={form}")
    rows = await asking.db.fetch(
        f"select p.player_id, sum(p.kills)::float8 as value {VALID} join stats.segment g"
        " on g.session_id = s.counted_session and g.number = s.counted_segment and g.format = $1 group by 1",
        form,
    )
    assert values(board) == {row["player_id"]: row["value"] for row in rows}


async def one_player(asking: Asking) -> None:
    """A player's own answers agree with each other."""
    board = await asking.get("/leaderboards/rounds?min_rounds=1&limit=2")
    player, other = (row["who"]["player_id"] for row in board["rows"])
    numbers = await asking.get(f"/players/{player}/numbers")
    told = {number["metric"]: number for number in numbers["numbers"]}
    assert list(told) == [metric.name for metric in METRICS]
    assert told["rounds"]["value"] == numbers["rounds"] == board["rows"][0]["value"]
    life = (await asking.get(f"/players/{player}"))["lifetime"]
    for metric, field in (("kills", "kills"), ("dpm", "dpm"), ("accuracy", "accuracy"), ("kd", "kd")):
        assert told[metric]["value"] == pytest.approx(life[field], abs=1e-3)
    assert told["dpm"]["inputs"] == {"damage_given": life["damage_given"], "time_played_s": life["time_played_s"]}
    assert await asking.get(f"/players/{board['rows'][0]['who']['guid'].lower()}/numbers") == numbers

    attack = await asking.get(f"/players/{player}/roles?period=all")
    assert attack["attack"]["rounds"] + attack["defence"]["rounds"] == numbers["rounds"]
    assert await roles_of(asking, player, "2026-Q3") == await roles_of(asking, player, "all")
    maps = await asking.get(f"/players/{player}/maps?period=all")
    assert maps["dpm"] == pytest.approx(told["dpm"]["value"], abs=0.01)
    assert maps["maps"] == (await asking.get(f"/players/{player}/maps?period=2026-09"))["maps"]

    even = await asking.get(f"/players/{player}/consistency?period=all")
    assert even["rounds"] == numbers["rounds"]
    assert len(even["dpm"]) == min(50, even["rounds"])
    tired = await asking.get(f"/players/{player}/fatigue")
    assert tired["rounds"] == len(tired["dpm"])
    bands = await asking.get(f"/players/{player}/bands?min_rounds=1")
    best = (await asking.get("/leaderboards/dpm?min_rounds=1&limit=1"))["rows"][0]["who"]["player_id"]
    assert (await asking.get(f"/players/{best}/bands?min_rounds=1"))["bands"][0]["better_than"] == 100
    assert bands["bands"][0]["metric"] == "dpm"

    both = await asking.get(f"/compare?players={player},nobody,{other}")
    assert [each["who"]["player_id"] for each in both["players"]] == [player, other]
    assert both["players"][0] == numbers
    duo = await asking.get(f"/players/{player}/with/{other}")
    back = await asking.get(f"/players/{other}/with/{player}")
    assert (duo["together"], duo["against"], duo["won"]) == (back["together"], back["against"], back["won"])
    assert duo["won"] + duo["lost"] + duo["drawn"] <= duo["together"]
    matchup = await asking.get(f"/matchup?a={player}&b={other}")
    assert matchup["won_a"] + matchup["won_b"] + matchup["drawn"] == len(matchup["meetings"])
    mirrored = await asking.get(f"/matchup?a={other}&b={player}")
    assert (mirrored["won_b"], mirrored["points_b"]) == (matchup["won_a"], matchup["points_a"])
    rivals = await asking.get(f"/players/{player}/rivals")
    assert rivals["method"] == "dpm"
    assert all(each["delta_percent"] < 0 for each in rivals["nemeses"])
    done = await asking.get(f"/players/{player}/achievements")
    assert {"rounds"} <= {each["ladder"] for each in done["badges"]}
    assert next(each for each in done["progress"] if each["ladder"] == "kills")["value"] == told["kills"]["value"]


async def roles_of(asking: Asking, player: str, period: str) -> Any:
    found = await asking.get(f"/players/{player}/roles?period={period}")
    return found["attack"], found["defence"], found["preference"]


async def one_session(asking: Asking) -> None:
    """A session's answers agree with the plain session."""
    plain = await asking.get("/sessions")
    session = plain["sessions"][1]["session_id"]
    detail = await asking.get(f"/sessions/{session}")
    found = await asking.get(f"/sessions/{session}/insight")
    kills = {
        each["numbers"]["who"]["player_id"]: next(
            n["value"] for n in each["numbers"]["numbers"] if n["metric"] == "kills"
        )
        for each in found["players"]
    }
    assert kills == {line["player_id"]: line["kills"] for line in detail["players"]}
    for each in found["players"]:
        assert sum(point["kills"] for point in each["rounds"]) == kills[each["numbers"]["who"]["player_id"]]
        assert sum(weapon["kills"] for weapon in each["weapons"]) == kills[each["numbers"]["who"]["player_id"]]
    awards = await asking.get(f"/sessions/{session}/awards")
    assert awards["awards"] == found["awards"]
    assert next(each["value"] for each in awards["awards"] if each["key"] == "kills") == max(kills.values())
    teams = await asking.get(f"/sessions/{session}/teams")
    assert sum(len(segment["maps"]) for segment in teams["segments"]) > 0
    assert {mvp["team"] for mvp in found["mvps"]} <= {"A", "B"}
    changes = await asking.get(f"/sessions/{session}/changes")
    here = {each["player_id"] for each in (*changes["kept"], *changes["added"])}
    assert here == set(kills)
    assert changes["previous"] is None or changes["previous"]["ended_at"] < changes["session"]["ended_at"]
    assert (await asking.get(f"/sessions/{session}/endstats"))["covered"] == 0
    for best in (await asking.get("/sessions/latest/bests"))["bests"]:
        assert best["value"] > best["before"]
    steps = (await asking.get(f"/sessions/{session}/milestones"))["reached"]
    assert [each["reached_at"] for each in steps] == sorted(each["reached_at"] for each in steps)
    name = teams["segments"][0]["a"]["name"]
    assert name in (await asking.get(f"/teams?q={name[:3].lower()}"))["names"]
    record = await asking.get(f"/teams/{name.upper()}")
    assert record["won"] + record["lost"] + record["drawn"] == len(record["meetings"]) > 0


async def everybody(asking: Asking) -> None:
    """Records, maps, weapons, seasons."""
    book = await asking.get("/records")
    found = {(each["over"], each["metric"]["name"]): each["rows"][0]["value"] for each in book["records"]}
    assert found["round", "kills"] == max((await asking.sums("max(p.kills)")).values())
    assert found["round", "damage"] == max((await asking.sums("max(p.damage_given)")).values())
    some_map = book["records"][0]["rows"][0]["map"]
    for record in (await asking.get(f"/records?map={some_map}"))["records"]:
        assert {row["map"] for row in record["rows"]} == {some_map}
    maps = (await asking.get("/maps"))["maps"]
    assert sum(each["rounds"] for each in maps) == await asking.db.fetchval(
        "select count(*) from stats.round where valid"
    )
    detail = await asking.get(f"/maps/{some_map}")
    assert detail["line"] == next(each for each in maps if each["map"] == some_map)
    assert detail["fastest"][0]["seconds"] == min(each["seconds"] for each in detail["fastest"])
    assert all(each["players"] for each in detail["fastest"])
    weapons = (await asking.get("/weapons"))["weapons"]
    assert sum(each["share_percent"] for each in weapons) == pytest.approx(100, abs=0.2)
    seasons = (await asking.get("/seasons"))["seasons"]
    assert [each["season_id"] for each in seasons if each["sessions"]] == ["2026-Q3"]
    season = await asking.get("/seasons/2026-Q3")
    assert season["leaders"] == season["all_time"] or season["leaders"][0]["rows"] == season["all_time"][0]["rows"]
    assert {award["key"] for award in season["awards"]} >= {"iron_man"}
    assert (await asking.get("/seasons/current"))["season"]["current"]
    first = datetime.fromisoformat((await asking.get("/sessions"))["sessions"][-1]["started_at"]).astimezone(UTC)
    memory = await asking.get(f"/on-this-day?day={first.replace(year=first.year + 2):%Y-%m-%d}")
    assert [each["years_ago"] for each in memory["sessions"]] == [2]
    hall = await asking.get("/hall-of-fame?min_rounds=1&limit=1")
    assert hall["halls"][0]["metric"]["name"] == "rounds"
    form = await asking.get("/form")
    assert (form["metric"], form["recent"]) == ("dpm", 3)
    assert len((await asking.get("/metrics"))["metrics"]) == len(METRICS)
    assert (await asking.get("/metrics/hs"))["name"] == "headshots"
    assert len((await asking.get("/milestones"))["milestones"]) > 30


async def refusals(asking: Asking) -> None:
    """What there is not is said with what there is."""
    assert "There are: dpm, kd" in await asking.refused("/leaderboards/fun", 400)
    assert "Allowed: all, season" in await asking.refused("/leaderboards/kd?period=yesterday", 400)
    assert "Played: " in await asking.refused("/leaderboards/kd?map=nowhere", 400)
    assert "Allowed: axis, allies, attack, defence" in await asking.refused("/leaderboards/kd?side=up", 400)
    assert "like 3v3" in await asking.refused("/leaderboards/kd?format=three", 400)
    assert "look at the records" in await asking.refused("/leaderboards/best_spree", 400)
    assert "at most 92 days" in await asking.refused("/leaderboards/kd?side=axis&period=2020-01-01..2026-01-01", 400)
    assert "`next`" in await asking.refused("/leaderboards/kd?cursor=x", 400)
    assert "at most 92 days" in await asking.refused("/awards?period=all", 400)
    assert "of rates" in await asking.refused("/form?metric=kills", 400)
    assert "a quarter" in await asking.refused("/seasons/x", 400)
    assert "leave side" in await asking.refused("/players/x/roles?period=all&side=axis", 400)
    for path in ("/metrics/fun", "/maps/nowhere", "/players/x/numbers", "/sessions/s0/teams", "/seasons/1999-Q1",
                 "/teams/Nobody", "/sessions/s0/bests", "/players/x/with/y"):  # fmt: skip
        assert (await asking.refused(path, 404)).startswith("There is no ")
    for path in ("/matchup?a=x", "/compare", "/on-this-day?day=x", "/records?limit=0", "/teams/x?days=0",
                 "/players/%00/bands"):  # fmt: skip
        assert await asking.refused(path, 400)


async def described(asking: Asking) -> None:
    """Everything is in the OpenAPI document, and answers 304 while nothing changed."""
    paths = (await asking.web.get("/openapi.json")).json()["paths"]
    for path in ("/leaderboards/{metric}", "/players/{id}/numbers", "/sessions/{id}/insight", "/metrics/{name}"):
        assert f"{API}{path}" in paths
    first = await asking.web.get(f"{API}/records")
    again = await asking.web.get(f"{API}/records", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def killers(asking: Asking) -> None:
    """Where endstats say who killed whom, that is what makes a nemesis."""
    player, other, third = (
        row["who"]["player_id"] for row in (await asking.get("/leaderboards/rounds?limit=3"))["rows"]
    )
    async with asking.db.transaction() as tx:
        await tx.execute(
            """
            with chosen as (
                select s.round_id, r.map, r.number, r.ended_local from stats.round s
                join slomix.round r on r.id = s.round_id where s.valid order by r.ended_at limit 6
            ), given as (
                insert into stats.input (artifact, kind, map, number, ended_local, richness, raw, round_id, counts)
                select 'a' || round_id, 'endstats', map, number, ended_local, 1, ''::bytea, round_id, true from chosen
                returning artifact
            )
            insert into stats.versus (
                artifact, place, subject, subject_key, opponent, opponent_key, kills, deaths, reconstructed
            )
            select g.artifact, w.place, 'a', a.key, 'b', b.key, w.kills, w.deaths, false
            from given g
            cross join (values (1, $2, 1, 3), (2, $3, 4, 1)) as w (place, opponent, kills, deaths)
            join slomix.player_guid a on a.player_id = $1
            join slomix.player_guid b on b.player_id = w.opponent
            """,
            player,
            other,
            third,
        )
        await tx.execute("update stats.settled set version = version + 1")
        await tx.execute(
            """
            insert into stats.award (artifact, place, award, category, player, key, value, text)
            select i.artifact, 1, 'Most kills', 'combat', 'a', g.key, 9, '9'
            from stats.input i join slomix.player_guid g on g.player_id = $1
            """,
            player,
        )
    won = await asking.get("/awards?period=2026-Q3")
    assert won["rounds"] == won["all"][0]["wins"] == won["awards"][0]["rows"][0]["wins"] == 6
    found = await asking.get(f"/players/{player}/rivals")
    assert found["method"] == "versus"
    (worst,), (easiest,) = found["nemeses"], found["prey"]
    assert (worst["who"]["player_id"], worst["kills"], worst["deaths"], worst["versus_rounds"]) == (other, 6, 18, 6)
    assert (easiest["who"]["player_id"], easiest["kills"], easiest["deaths"]) == (third, 24, 6)


async def ledgers(db: Any) -> dict[str, list[tuple[Any, ...]]]:
    return {
        table: [tuple(row.values()) for row in await db.fetch(f"select * from stats.{table} order by {key}")]
        for table, key in LEDGERS.items()
    }


async def test_ledgers_are_the_same_however_they_came_about(dsn: str, files: list[Path]) -> None:
    async with running(dsn, "stats") as house:
        db = house.runtime.db.plugin("stats")
        await house.take(files)
        before = await ledgers(db)
        best = await db.fetchrow(
            "select * from stats.best where over = 'round' and metric = 'kills' order by value desc limit 1"
        )
        sessions = [row["id"] for row in await db.fetch("select id from slomix.session")]

        async with db.transaction() as tx:
            await tx.execute(
                "insert into stats.decision (kind, subject, value, decided_by, reason)"
                " values ('validity', $1, '{\"valid\": false}', 'test', 'test')",
                best["round_id"],
            )
            await settle(tx, [best["session_id"]])
        without = await ledgers(db)
        assert best["round_id"] not in {row[5] for row in without["best"]}
        await from_scratch(db, sessions)
        assert await ledgers(db) == without

        async with db.transaction() as tx:
            await tx.execute("update stats.decision set undone_at = now()")
            await settle(tx, [best["session_id"]])
        assert await ledgers(db) == before


async def test_what_a_scope_is_chosen_from_was_played(house: Running) -> None:
    insight = house.runtime.services.get(StatsInsightV1)  # type: ignore[type-abstract]
    choices = await insight.scope_choices()
    assert choices.maps == tuple(line.map for line in (await insight.maps()).maps)
    lines = (await insight.seasons()).seasons
    assert [(each.season_id, each.name) for each in choices.seasons] == [(each.season_id, each.name) for each in lines]
    assert len(choices.seasons) >= 2


async def from_scratch(db: Any, sessions: list[str]) -> None:
    async with db.transaction() as tx:
        for table in LEDGERS:
            await tx.execute(f"delete from stats.{table}")
        rounds = [row["round_id"] for row in await tx.fetch("select round_id from stats.round where valid")]
        await keep_ledgers(tx, sessions, rounds)
