"""What the reader and the JSON say of real evenings, held against the exports and against sums made by hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from slomix.testing.running import Running, running
from slomix_stats import metrics
from slomix_stats.api import StatsReaderV1
from slomix_stats.exports import exports
from slomix_stats.reader import StatsReader
from slomix_stats.reader.lines import COUNTED
from slomix_stats.settle.counting import uncount

pytestmark = [pytest.mark.plugins("stats"), pytest.mark.shared]

API = "/stats/api/v1"
SUMS = (
    "kills", "deaths", "damage_given", "damage_received", "team_damage_given", "headshot_hits", "hits", "shots",
    "time_played_s",
)  # fmt: skip
#: Metric of a leaderboard to the field of a line.
BOARDS = {
    "kills": "kills",
    "kd": "kd",
    "dpm": "dpm",
    "accuracy": "accuracy",
    "headshots": "headshot_hits",
    "revives": "revives_given",
    "xp": "xp",
    "rounds": "rounds",
}


@pytest_asyncio.fixture
async def house(dsn: str, shared: Path) -> AsyncIterator[Running]:
    """A real evening that goes on after midnight, and the beginning of the next one."""
    files = sorted(file for day in ("19", "20") for file in (shared / "data/rounds").glob(f"2025-10-{day}*.txt"))[:26]
    assert len(files) == 26
    async with running(dsn, "stats") as house:
        await house.take(files)
        yield house


async def table(house: Running, kind: str) -> list[dict[str, Any]]:
    (export,) = [export for export in exports() if export.kind == kind]
    return [dict(row) async for row in export.rows(house.runtime.db.plugin("stats"))]


async def get(house: Running, path: str) -> Any:
    answer = await house.web.get(API + path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_sessions_are_those_of_the_export(house: Running) -> None:
    exported = {row["session_id"]: row for row in await table(house, "sessions")}
    found = (await get(house, "/sessions?limit=100"))["sessions"]

    assert {row["session_id"] for row in found} == set(exported)
    assert [row["ended_at"] for row in found] == sorted((row["ended_at"] for row in found), reverse=True)
    for row in found:
        told = exported[row["session_id"]]
        segments = told.pop("segments")
        assert {key: row[key] for key in told} == told
        teams = (await get(house, f"/sessions/{row['session_id']}"))["segments"]
        keys = ("number", "format", "name_a", "name_b", "points_a", "points_b")
        assert [[each[key] for key in keys] for each in teams] == [[each[key] for key in keys] for each in segments]
        assert [len(each["team_a"]) for each in teams] == [len(each["team_a"]) for each in segments]
        assert len(row["maps"]) >= row["matches"]


async def test_pages_of_sessions_follow_each_other(house: Running) -> None:
    whole = (await get(house, "/sessions"))["sessions"]
    first = await get(house, "/sessions?limit=1")
    second = await get(house, f"/sessions?limit=100&before={first['next']}")

    assert first["sessions"] + second["sessions"] == whole
    assert second["next"] is None


async def test_a_session_sums_its_rounds(house: Running) -> None:
    rounds = await table(house, "player-rounds")
    for session in (await get(house, "/sessions"))["sessions"]:
        detail = await get(house, f"/sessions/{session['session_id']}")
        sums: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
        for row in rounds:
            if row["session_id"] == session["session_id"]:
                for key in SUMS:
                    sums[row["guid"]][key] += row[key]
                sums[row["guid"]]["rounds"] += 1

        assert {line["guid"] for line in detail["players"]} == set(sums)
        for line in detail["players"]:
            own = sums[line["guid"]]
            assert {key: line[key] for key in own} == dict(own)
            assert line["dpm"] == pytest.approx(metrics.dpm(own["damage_given"], own["time_played_s"]), abs=1e-4)
            assert line["kd"] == pytest.approx(metrics.kd(own["kills"], own["deaths"]), abs=1e-4)
        assert [line["dpm"] for line in detail["players"]] == sorted(
            (p["dpm"] for p in detail["players"]), reverse=True
        )


async def test_matches_and_rounds_are_those_of_the_export(house: Running) -> None:
    players = await table(house, "player-rounds")
    for told in await table(house, "matches"):
        found = await get(house, f"/matches/{told['match_id']}")
        match = found["match"]
        assert match["ended_at"] == told["ended_at"]
        for key in (
            "match_id", "session_id", "server", "map", "status", "points_r1_attackers", "points_r2_attackers", "result",
            "points_a", "points_b",
        ):  # fmt: skip
            assert match[key] == told[key]
        for half in ("r1", "r2"):
            line = match[half]
            assert (line and line["round_id"]) == told[f"{half}_round_id"]
            if line is None:
                assert found[f"{half}_players"] == []
                continue
            ended = "surrender" if line["outcome"] == "hold" and line["ended_early"] else line["outcome"]
            assert (ended, line["seconds"]) == (told[f"{half}_outcome"], told[f"{half}_seconds"])
            detail = await get(house, f"/rounds/{line['round_id']}")
            assert detail["players"] == found[f"{half}_players"]
            own = {row["guid"]: row for row in players if row["round_id"] == line["round_id"]}
            assert {player["guid"] for player in detail["players"]} == set(own)
            for player in detail["players"]:
                keys = (*SUMS, "name", "side", "revives_given", "times_revived", "xp")
                assert {key: player[key] for key in keys} == {key: own[player["guid"]][key] for key in keys}


async def test_all_rounds_of_a_session_in_one_read(house: Running) -> None:
    reader: StatsReaderV1 = StatsReader(house.runtime.db.plugin("stats"))
    detail = await reader.latest_session()
    assert detail is not None
    rounds = await reader.session_rounds(detail.session.session_id)

    assert len(rounds) == detail.session.rounds
    assert [each.round.ended_at for each in rounds] == sorted(each.round.ended_at for each in rounds)
    for each in rounds:
        assert each == await reader.round(each.round.round_id)


async def test_accuracy_is_of_bullets_only(house: Running) -> None:
    slots = await house.runtime.db.plugin("stats").fetch(
        "select player_id, sum(hits)::int as hits, sum(shots)::int as shots, sum(headshot_hits)::int as heads "
        "from stats.weapon_round where slot = any($1::int[]) group by player_id",
        list(metrics.BULLET_WEAPONS),
    )
    assert slots
    for row in slots:
        life = (await get(house, f"/players/{row['player_id']}"))["lifetime"]
        assert life["accuracy"] == pytest.approx(100 * row["hits"] / row["shots"], abs=1e-4)
        assert life["headshot_accuracy"] == pytest.approx(100 * row["heads"] / row["hits"], abs=1e-4)
        assert life["shots"] > row["shots"]


async def test_a_player_by_id_and_by_guid(house: Running) -> None:
    by_guid = await get(house, "/players/d8423f90")
    assert await get(house, f"/players/{by_guid['player_id']}") == by_guid
    assert by_guid["guids"] == ["D8423F90"]
    assert sum(entry["line"]["kills"] for entry in by_guid["sessions"]) == by_guid["lifetime"]["kills"]
    assert sum(weapon["kills"] for weapon in by_guid["weapons"]) == by_guid["lifetime"]["kills"]
    assert [w["kills"] for w in by_guid["weapons"]] == sorted((w["kills"] for w in by_guid["weapons"]), reverse=True)
    assert by_guid["name"] in {name["name"] for name in by_guid["names"]}


async def test_search_by_beginning_by_part_and_by_guid(house: Running) -> None:
    player = await get(house, "/players/D8423F90")
    name = player["name"]

    async def found(text: str) -> set[str]:
        answer = await house.web.get(f"{API}/players", params={"q": text})
        return {hit["player_id"] for hit in answer.json()["players"]}

    assert player["player_id"] in await found(name[:4].upper())
    assert player["player_id"] in await found(name[2:6])
    assert player["player_id"] in await found("d8423")
    assert await found("%") == await found("_%") == set()
    assert len(await found("")) > 3


async def test_leaderboards_rank_lifetimes(house: Running) -> None:
    lives: dict[str, Any] = {}
    for metric, key in BOARDS.items():
        board = await get(house, f"/leaderboard?metric={metric}&limit=100")
        values = [row["value"] for row in board["rows"]]
        assert values == sorted(values, reverse=True)
        assert len(values) > 3
        for row in board["rows"]:
            player = row["player_id"]
            life = lives[player] = lives.get(player) or (await get(house, f"/players/{player}"))["lifetime"]
            assert row["value"] == pytest.approx(life[key], abs=1e-3)
            assert row["rounds"] == life["rounds"] >= board["min_rounds"]
        rest = await get(house, f"/leaderboard?metric={metric}&limit=100&offset=2")
        assert rest["rows"] == board["rows"][2:]


async def test_what_does_not_count_is_left_out_of_lifetimes(house: Running) -> None:
    db = house.runtime.db.plugin("stats")
    player = await get(house, "/players/D8423F90")
    counted = await db.fetch(
        "select s.round_id from stats.round s join stats.player_round p on p.round_id = s.round_id "
        f"where p.player_id = $1 and {COUNTED}",
        player["player_id"],
    )
    assert len(counted) == player["lifetime"]["rounds"] > 1
    async with db.transaction() as tx:
        await uncount(tx, [counted[0]["round_id"]])
    after = await get(house, "/players/D8423F90")
    assert after["lifetime"]["rounds"] == player["lifetime"]["rounds"] - 1

    async with db.transaction() as tx:
        await uncount(tx, [row["round_id"] for row in await tx.fetch("select round_id from stats.round")])
    nothing = await get(house, "/players/D8423F90")
    assert nothing["lifetime"]["rounds"] == nothing["lifetime"]["kills"] == 0
    assert nothing["lifetime"]["accuracy"] is None
    assert nothing["weapons"] == nothing["sessions"] == []
    assert (await get(house, "/leaderboard"))["rows"] == []


async def test_superseded_ids_are_followed(dsn: str, shared: Path) -> None:
    files = sorted((shared / "data/rounds").glob("2025-10-19*.txt"))
    async with running(dsn, "stats") as house:
        await house.take(files[2:])
        old = (await get(house, "/sessions"))["sessions"][0]["session_id"]
        await house.take(files[:2])
        now = (await get(house, "/sessions"))["sessions"][0]["session_id"]

        assert old != now
        assert await get(house, f"/sessions/{old}") == await get(house, f"/sessions/{now}")
        reader = StatsReader(house.runtime.db.plugin("stats"))
        assert await reader.session_rounds(old) == await reader.session_rounds(now) != ()


async def test_a_late_first_half_supersedes_the_match(dsn: str, shared: Path) -> None:
    first, second = sorted((shared / "data/rounds").glob("2025-10-19*-supply-*.txt"))[:2]
    async with running(dsn, "stats") as house:
        await house.take([second])
        (alone,) = await table(house, "matches")
        assert alone["status"] == "orphan_r2"
        await house.take([first])
        found = await get(house, f"/matches/{alone['match_id']}")

        assert found["match"]["status"] == "complete"
        assert found["match"]["match_id"] != alone["match_id"]


async def test_unknown_ids_are_404_and_wrong_parameters_400(dsn: str) -> None:
    async with running(dsn, "stats") as house:
        for path in ("/sessions/s0", "/matches/m0", "/rounds/r0", "/players/nobody"):
            answer = await house.web.get(API + path)
            assert answer.status_code == 404
            assert answer.json()["detail"].startswith("There is no ")
        for query in ("sessions?limit=0", "sessions?limit=x", "leaderboard?metric=fun", f"players?q={'a' * 65}"):
            answer = await house.web.get(f"{API}/{query}")
            assert answer.status_code == 400
            assert answer.json()["detail"].startswith("query parameter ")
        for path in ("/sessions/%00", "/players/%00", "/players?q=%00", "/sessions?before=%00"):
            assert (await house.web.get(API + path)).status_code == 400


async def test_an_empty_house_answers(dsn: str) -> None:
    async with running(dsn, "stats") as house:
        assert await get(house, "/sessions") == {"sessions": [], "next": None}
        assert await get(house, "/players") == {"players": []}
        assert (await get(house, "/leaderboard"))["rows"] == []
        assert await StatsReader(house.runtime.db.plugin("stats")).latest_session() is None


async def test_answers_are_described(house: Running) -> None:
    paths = (await house.web.get("/openapi.json")).json()["paths"]
    described = {path.removeprefix(API) for path in paths if path.startswith(API)}
    assert described >= {
        "/sessions", "/sessions/{id}", "/matches/{id}", "/rounds/{id}", "/players", "/players/{id}", "/leaderboard",
    }  # fmt: skip
