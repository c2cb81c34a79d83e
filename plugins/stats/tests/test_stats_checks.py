"""Findings: what does not add up, what explains it, and what `slomix stats check` makes of them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from slomix.contrib import CliCommand
from slomix.testing.running import Running, running
from slomix_stats.derive.checks import explained
from slomix_stats.derive.model import Finding
from slomix_stats.parser import parse
from slomix_stats.testing import Stage, lineup


def found(stage: Stage) -> list[tuple[str, str, str | None]]:
    return [(each.code, each.severity, each.player_id) for each in stage.derive().findings]


def altered(half: dict[str, Any], **players: dict[str, Any]) -> dict[str, Any]:
    """A round with other numbers of the players named by their letters."""
    changed = tuple(replace(p, **players[p.player_id]) if p.player_id in players else p for p in half["players"])
    return {**half, "players": changed}


def test_a_round_that_adds_up_has_no_finding() -> None:
    stage = Stage()
    stage.play(lineup("ab", "xy"), lineup("xy", "ab"))
    assert found(stage) == []


@pytest.mark.parametrize(
    ("numbers", "severity"),
    [
        ({"kills": 2}, "invalid"),
        ({"kills": 2, "flags": ("reconnected",)}, "warn"),
        ({"kills": 2, "time_played_s": 200}, "warn"),
    ],
)
def test_kills_that_are_nobodys_deaths_are_unexplained_unless_somebody_was_away(numbers: dict, severity: str) -> None:
    stage = Stage()
    stage.play(altered(lineup("ab", "xy"), a=numbers))
    (finding,) = [each for each in stage.derive().findings if each.code == "R1"]
    assert (finding.severity, explained(finding.code, finding.severity)) == (severity, severity == "warn")
    assert finding.round_id == "m1r1"


def test_somebody_who_is_not_in_the_second_file_explains_a_loss() -> None:
    stage = Stage()
    stage.play(lineup("abc", "xy"), altered(lineup("xy", "ab"), x={"damage_given": 9}))
    assert [(each.code, each.severity) for each in stage.derive().findings] == [("R2", "warn")]


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ({"revives_given": 1, "times_revived": 0}, ("R3", "warn", None)),
        ({"times_revived": 3}, ("R4", "info", "a")),
        ({"flags": ("negative_differential",)}, ("R5", "invalid", "a")),
        ({"flags": ("reconnected",)}, ("R5", "info", "a")),
        ({"headshot_kills": 2}, ("F11", "invalid", "a")),
        ({"time_played_s": 200}, ("R7", "info", "a")),
        ({"time_played_s": 640}, ("R7", "warn", "a")),
        ({"side": "spectator"}, ("R7", "info", "a")),
    ],
)
def test_numbers_of_one_player(numbers: dict, expected: tuple) -> None:
    stage = Stage()
    others = {"revives_given": 0, "times_revived": 0}
    half = altered(lineup("ab", "xy"), b=others, x=others, y=others)
    stage.play(altered(half, a=numbers))
    assert expected in found(stage)


def test_halves_that_do_not_fit() -> None:
    stage = Stage()
    stage.play(lineup("ab", "xy", target_s=300), lineup("xy", "ab", limit_s=290))
    stage.play(lineup("ab", "xy"), lineup("xy", "ab", seconds=500.0, limit_s=600))
    stage.play(lineup("abc", "xyz"), lineup("abc", "klm"))
    by_match: dict[str | None, set[str]] = {}
    for each in stage.derive().findings:
        by_match.setdefault(each.match_id, set()).add(each.code)
    assert "M1" in by_match["m1"]
    assert "M2" in by_match["m2"]
    assert "R6" in by_match["m3"]


def test_a_long_pause_between_halves_and_other_people() -> None:
    stage = Stage()
    stage.play(lineup("abc", "xyz"), lineup("klm", "nop"))
    last = stage.rounds[-1]
    stage.rounds[-1] = replace(last, ended_at=last.ended_at + timedelta(minutes=50))
    assert {("M2", "warn", None), ("M3", "warn", None)} <= set(found(stage))


@pytest.mark.parametrize(
    ("more", "code"),
    [({"map_name": "mp_sillyctf"}, "V5"), ({"status": "aborted"}, "V1"), ({"status": "abandoned_r1"}, "S1")],
)
def test_what_is_left_out_says_why_and_is_explained(more: dict, code: str) -> None:
    stage = Stage()
    stage.play(lineup("ab", "xy"), **more)
    (finding,) = stage.derive().findings
    assert finding.code == code
    assert explained(finding.code, finding.severity)


def test_the_file_itself(file: Callable[..., Any], line: Callable[..., Any]) -> None:
    built = file([line(fields={25: 20.0, 26: 9.9})], target="12:10", winner="0")
    record = parse(built.name, built.data)
    stage = Stage()
    half = lineup("a", "x")
    same = altered(half, a={"key": record.players[0].key, "time_played_s": 600})
    stage.play({**same, "file": record, "seconds": 600.0})
    codes = [(each.code, each.severity) for each in stage.derive().findings]
    assert codes[:4] == [("F8", "warn"), ("F9", "warn"), ("F11", "info"), ("F11", "warn")]
    assert all("frag" not in each.text for each in stage.derive().findings)


def test_what_is_unexplained() -> None:
    assert not explained("R1", "invalid")
    assert explained("V2", "invalid")
    assert explained("F4", "fatal")
    assert Finding(code="R1", severity="invalid", text="…").round_id is None


@pytest_asyncio.fixture
async def house(dsn: str) -> AsyncIterator[Running]:
    async with running(dsn, "stats") as house:
        yield house


@pytest.mark.plugins("stats")
async def test_the_command_lists_findings_and_fails_on_unexplained_ones(
    house: Running, file: Callable[..., Any], line: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    house.runtime.host.declare(("register_cli",))
    (check,) = [
        each.record.command
        for each in house.runtime.host.records(CliCommand)
        if each.plugin == "stats" and each.record.command.name == "check"
    ]

    async def run(*options: str) -> int:
        return await check.main(list(options), standalone_mode=False)

    assert await run() == 0
    assert "No findings" in capsys.readouterr().out
    orphan = file([line(counter=1)], number=2, when="2025-10-01-200000")
    broken = file(["no line at all"])
    unbalanced = file([line()], map="adlernest", when="2025-10-03-200000")
    for each in (orphan, broken):
        await house.give(each.name, each.data)
    capsys.readouterr()
    assert await run("--json") == 0
    by_code = {each["code"]: each for each in json.loads(capsys.readouterr().out)["findings"]}
    assert {"F0", "V2", "R1"} <= set(by_code)
    assert set(by_code["V2"]) == {"code", "severity", "round", "match", "session", "player", "text", "explained"}
    assert (by_code["F0"]["round"], by_code["R1"]["severity"]) == (None, "warn")
    assert broken.name in by_code["F0"]["text"]
    await house.give(unbalanced.name, unbalanced.data)
    capsys.readouterr()
    assert await run("--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert told["unexplained"] == sum(not each["explained"] for each in told["findings"]) == 2
    counted = (await house.web.get("/stats/api/v1/findings")).json()
    assert {each["code"] for each in counted["unexplained"]} == {"R1", "R2"}
    assert sum(each["findings"] for each in counted["counts"]) == len(told["findings"]) - 1
    session = counted["unexplained"][0]["session"]
    own = (await house.web.get(f"/stats/api/v1/sessions/{session}/findings")).json()
    assert (own["session_id"], own["unexplained"]) == (session, 2)
    assert (await house.web.get("/stats/api/v1/sessions/sx/findings")).status_code == 404
    assert await run() == 1
    assert "Unexplained" in capsys.readouterr().out
