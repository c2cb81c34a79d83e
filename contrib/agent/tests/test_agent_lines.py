"""The agent's pure part: lines to events, and what never leaves the game host."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slomix_stats.live.events import read_batch

AGENT = Path(__file__).parents[1] / "slomix_agent.py"

ENGINE = {
    r"InitGame: \g_gametype\3\mapname\supply\sv_hostname\^3x": {"type": "loaded", "map": "supply"},
    "map: supply": {"type": "map", "map": "supply"},
    "ClientConnect: 3": {"type": "connect", "slot": 3},
    "ClientDisconnect: 3": {"type": "disconnect", "slot": 3},
    r"ClientUserinfoChanged: 3 n\^1fra:g\t\1\c\2\r\0": {"type": "player", "slot": 3, "name": "^1fra:g", "team": 1},
    "Kill: 3 4 38: ^1a killed ^2b by MOD_MP40": {"type": "kill", "killer": 3, "victim": 4, "weapon": "MOD_MP40"},
    "Kill: 1022 4 20: <world> killed b by MOD_FALLING": {
        "type": "kill", "killer": 1022, "victim": 4, "weapon": "MOD_FALLING",
    },
    "Medic_Revive: 3 5": {"type": "revive", "slot": 3, "other": 5},
    "Dynamite_Plant: 3 the Gold Crate": {"type": "deed", "deed": "plant", "slot": 3, "what": "the Gold Crate"},
    "Dynamite_Diffuse: 3": {"type": "deed", "deed": "defuse", "slot": 3},
    "Item: 3 team_CTF_redflag": {"type": "deed", "deed": "item", "slot": 3, "what": "team_CTF_redflag"},
    "Objective_Destroyed: 3 Gate": {"type": "deed", "deed": "destroy", "slot": 3, "what": "Gate"},
    "Repair: 3 Tank": {"type": "deed", "deed": "repair", "slot": 3, "what": "Tank"},
    "Health_Pack: 3 4": {"type": "pack", "kind": "health", "slot": 3, "other": 4},
    "Ammo_Pack: 3 4": {"type": "pack", "kind": "ammo", "slot": 3, "other": 4},
    'legacy popup: Allies stole "the "Gold""': {
        "type": "objective", "team": 2, "deed": "stole", "what": 'the "Gold"',
    },
    'legacy announce: "Welcome"': {"type": "announce", "text": "Welcome"},
    "Exit: Timelimit hit.": {"type": "round_end", "reason": "Timelimit hit."},
    "LUA event: Round starting!": {"type": "round_start"},
    "LUA event: Round ended!": {"type": "round_end"},
    "score: 41  ping: 48  client: 3 ^1frag": {"type": "score", "slot": 3, "xp": 41},
    "axis:120  allies:98": {"type": "team_xp", "axis": 120, "allies": 98},
    "callvote: ^1frag map_restart": {"type": "vote", "state": "called", "text": "^1frag map_restart"},
    "Vote Passed: map_restart": {"type": "vote", "state": "passed", "text": "map_restart"},
    "say: ^1frag: gg\x01": {"type": "say", "text": "^1frag: gg"},
}  # fmt: skip
SCRIPT = {
    "I 1790000000000 map supply": {"type": "map", "map": "supply"},
    "K 1790000000000 3 4 38 1,2,3 4,5,6 90 512.5": {
        "type": "kill", "killer": 3, "victim": 4, "weapon": "38", "distance": 512.5,
    },
    "A 1790000000000 3 240 118 2 1": {"type": "tally", "slot": 3, "damage_given": 240, "damage_received": 118},
    "M 1790000000000 3:1.5,-2 4:7,8,90": {"type": "move", "positions": [[3.0, 1.5, -2.0], [4.0, 7.0, 8.0, 90.0]]},
}  # fmt: skip
SECRET = (
    "sayteam: ^1frag: secret",
    "saybuddy: ^1frag: secret",
    "privmsg: ^1frag: secret",
    r"ClientUserinfo: 3 ip\10.0.0.1\cl_guid\0123456789ABCDEF",
    "tell: 3 4 secret",
    "a line that nobody knows",
    "Kill: 3 9999 38: a killed b by MOD_MP40",
    r"ClientUserinfoChanged: 3 n\secret\t\9",
    "K soon 3 4 38",
    "M 1790000000000 3:x,y",
)


@pytest.mark.parametrize("line", ENGINE)
def test_a_line_of_the_engine(agent: Any, line: str) -> None:
    assert agent.event_of(line) == ENGINE[line]
    assert list(agent.engine_events([f"{61000:8d} {line}"], 5)) == [dict(ENGINE[line], level_ms=61000, at=5)]


@pytest.mark.parametrize("line", SCRIPT)
def test_a_line_of_the_script(agent: Any, line: str) -> None:
    told = dict(SCRIPT[line], at=1790000000000)
    assert list(agent.script_events([line], 5)) == [told]
    assert list(agent.engine_events([f"   61000 {line}"], 5)) == []


@pytest.mark.parametrize("line", SECRET)
def test_what_is_not_listed_stays_on_the_game_host(agent: Any, line: str) -> None:
    assert agent.event_of(line) is None
    assert list(agent.engine_events([f"   61000 {line}"], 5)) == []


def test_the_site_takes_every_event_that_the_agent_makes(agent: Any) -> None:
    lines = [f"   61000 {line}" for line in ENGINE]
    events = [*agent.engine_events(lines, 1790000000000), *agent.script_events(list(SCRIPT), 0)]
    assert len(events) == len(ENGINE) + len(SCRIPT)
    numbered = [dict(event, n=n) for n, event in enumerate(events)]
    body = json.dumps({"sender": "a" * 32, "sent": 1790000000000, "events": numbered})
    assert len(read_batch(body.encode()).events) == len(events)


@given(st.text(max_size=80))
def test_any_text_is_an_event_or_none(agent: Any, text: str) -> None:
    for line in (text, f"ClientUserinfoChanged: 3 {text}", f"M 1 {text}", f"InitGame: {text}", f"K 1 2 3 4 {text}"):
        event = agent.event_of(line)
        assert event is None or event["type"] != "sayteam"
    assert agent.event_of(f"sayteam: {text}") is None


def test_level_times_say_how_long_before_the_end_a_line_was_written(agent: Any) -> None:
    lines = ["59000 say: a", "60000 say: b", "no line", "    0 say: c", "  500 say: d", " 1500 say: e"]
    told = [(event["level_ms"], event["at"]) for event in agent.engine_events(lines, 100_000)]
    assert told == [(59000, 97_500), (60000, 98_500), (0, 98_500), (500, 99_000), (1500, 100_000)]


def test_it_needs_no_newer_python_than_it_says() -> None:
    tree = ast.parse(AGENT.read_text("utf-8"), feature_version=(3, 8))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert "slomix" not in {name.partition(".")[0] for name in imported}
    newer = {"removeprefix", "removesuffix", "pairwise"}
    assert not newer & {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
