"""What the agent keeps on disk, how it reads logs, and its settings."""

from __future__ import annotations

import json
import os
from pathlib import Path
from threading import Event
from typing import Any

import pytest


@pytest.fixture
def at_home(agent: Any, host: Any) -> Any:
    """An agent with its spool; the site is never asked."""
    return agent.Agent(agent.Settings(host.configure("http://127.0.0.1:1", "slx_token")), Event())


def texts(spool: Any) -> list[str]:
    return [event["text"] for event in spool.batch()]


def test_a_full_queue_lets_places_and_sums_go_first(agent: Any, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(agent, "LONGEST_QUEUE", 3)
    spool = agent.Spool(tmp_path)
    say = [{"type": "say", "text": str(n)} for n in range(4)]
    assert spool.queue(tmp_path, (1, 1), [say[0], {"type": "move"}, say[1]]) == 0
    assert spool.queue(tmp_path, (1, 2), [say[2], {"type": "tally"}]) == 2
    assert texts(spool) == ["0", "1", "2"]
    assert spool.queue(tmp_path, (1, 3), say[3:]) == 1
    assert texts(spool) == ["1", "2", "3"]
    last = spool.batch()[1]["n"]
    spool.done(last)
    assert texts(agent.Spool(tmp_path)) == ["3"]
    assert agent.Spool(tmp_path).place(tmp_path) == (1, 3)
    assert agent.Spool(tmp_path).sender == spool.sender
    agent.Spool(tmp_path).done(last + 1)
    spool.queue(tmp_path, (1, 4), say[:1])
    assert spool.batch()[0]["n"] > last + 1  # numbers are never given twice


def test_a_log_is_read_on_from_where_it_was(agent: Any, at_home: Any, host: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(at_home.site, "post", lambda path, body: pytest.fail("nothing is sent here"))
    at_home._flushed = float("inf")
    log = host.engine_log
    log.write_text(" 900 say: old\n   0 InitGame: \\mapname\\supply\n 100 say: one\n 200 say: hal")
    assert at_home.events() == 0  # the script's log is not there yet
    assert [event["type"] for event in at_home.spool.batch()] == ["loaded", "say"]
    with log.open("a") as file:
        file.write("f\n 300 sayteam: secret\n")
    at_home.events()
    rotated = log.with_suffix(".1")
    os.replace(log, rotated)
    log.write_bytes(b" 100 say: \xe8\n")
    at_home.events()
    said = [event.get("text") for event in at_home.spool.batch()]
    assert said == [None, "one", "half", "è"]
    assert "secret" not in json.dumps(at_home.spool.batch())


def test_a_log_that_is_far_behind_goes_on_at_the_latest_map(agent: Any, at_home: Any, host: Any) -> None:
    at_home._flushed = float("inf")
    host.engine_log.write_text(" 1 say: first\n")
    at_home.events()
    with host.engine_log.open("a") as file:
        file.write(" 2 say: x\n" * (agent.FAR_BEHIND // 9))
        file.write(" 0 InitGame: \\mapname\\radar\n 5 say: last\n")
    at_home.events()
    assert [event.get("map", event.get("text")) for event in at_home.spool.batch()] == ["radar", "last"]


def test_chat_stays_when_the_settings_say_so(agent: Any, host: Any) -> None:
    ini = host.configure("http://127.0.0.1:1", "slx_token")
    ini.write_text(ini.read_text() + "public_chat = no\n")
    quiet = agent.Agent(agent.Settings(ini), Event())
    quiet._flushed = float("inf")
    host.engine_log.write_text("   0 InitGame: \\mapname\\supply\n 100 say: one\n 200 map: supply\n")
    quiet.events()
    assert [event["type"] for event in quiet.spool.batch()] == ["loaded", "map"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("url = http://127.0.0.1:1", "url = http://stats.example.org"), "https"),
        (("url = http://127.0.0.1:1", "url = stats.example.org"), "address"),
        (("token_file = ", "token_file = /nowhere"), "token_file can not be read"),
        (("gamestats", "gamestat"), "no setting gamestat;"),
        (("[agent]", "[other]"), "can not be read"),
    ],
)
def test_settings_that_can_not_be_used_say_why(agent: Any, host: Any, change: tuple[str, str], says: str) -> None:
    ini = host.configure("http://127.0.0.1:1", "slx_token")
    ini.write_text(ini.read_text().replace(*change, 1))
    with pytest.raises(agent.BadSettings, match=says):
        agent.Settings(ini)


def test_the_token_may_come_from_the_environment(agent: Any, host: Any, monkeypatch: Any) -> None:
    ini = host.configure("http://127.0.0.1:1", "slx_file")
    assert agent.Settings(ini).token == "slx_file"
    monkeypatch.setenv("SLOMIX_AGENT_TOKEN", "slx_environment")
    assert agent.Settings(ini).token == "slx_environment"
