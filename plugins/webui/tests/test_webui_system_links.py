"""What is said of each link of the chain, by hand-made facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from slomix.web.chain import (
    Bot,
    Chain,
    Counts,
    Files,
    LastFile,
    LastRound,
    Ledger,
    PluginInfo,
    RemoteState,
    ServerLine,
    Unfinished,
)
from slomix_stats.api import LiveServer, ServerStatus
from slomix_webui.pages.system.links import Heard, Link, links, verdict

NOW = datetime(2026, 11, 28, 22, 0, tzinfo=UTC)


def ago(**how_long: int) -> datetime:
    return NOW - timedelta(**how_long)


def text(message: str, **values: Any) -> str:
    return message.format(**values)


ROUND = LastRound(round_id="r", map="supply", number=1, ended_at=ago(minutes=5), imported_at=NOW, server="puran")
FILES = Files(
    ledger=Ledger(imported=1200, empty=3, quarantined=0),
    last=LastFile(name="a.txt", source="upload", server="puran", received_at=ago(minutes=5), outcome="imported"),
    newer_refused=0,
    rounds=(ROUND,),
    unfinished=(),
    servers=(
        ServerLine(
            name="puran",
            created_at=ago(days=9),
            tokens=1,
            last_upload_at=NOW,
            rounds=1200,
            last_round_at=ROUND.ended_at,
        ),
    ),
    sources=(),
    jobs=Counts(due=0, later=2, running=0, buried=0),
    due_since=None,
)
GOOD = Chain(
    now=NOW,
    version="1.0",
    uptime_s=60,
    files=FILES,
    listening=True,
    plugins=(PluginInfo("stats", "1.0", "running", "", ()), PluginInfo("old", None, "disabled", "", ())),
    bot=Bot(on=True, reason=""),
    login=Bot(on=True, reason=""),
    folders=0,
    machines=0,
)
ON = ServerStatus(
    server="puran", address="10.0.0.1:27960", online=True, asked_at=NOW, answered_at=NOW, hostname="Puran",
    hostname_raw="Puran", map="supply", gametype="3", version="2.83", max_players=20, humans=6, bots=0, players=(),
    trouble=None,
)  # fmt: skip
LIVE = LiveServer(
    server="puran", map="supply", round=2, phase="playing", started_at=ago(minutes=6), clock_s=360, axis_kills=3,
    allies_kills=4, axis_xp=None, allies_xp=None, players=(), updated_at=NOW,
)  # fmt: skip
HEARD = Heard(asked=(ON,), live=(LIVE,))


def told(chain: Chain = GOOD, heard: Heard = HEARD) -> Sequence[Link]:
    return links(chain, heard, text)


def one(key: str, chain: Chain = GOOD, heard: Heard = HEARD) -> Link:
    return next(each for each in told(chain, heard) if each.key == key)


def with_files(**changed: Any) -> Chain:
    return replace(GOOD, files=replace(FILES, **changed))


def test_all_is_well() -> None:
    assert {each.state for each in told()} == {"ok"}
    assert verdict(told(), text) == ("ok", "The whole chain runs.")


def test_nobody_plays_and_nobody_asks() -> None:
    quiet = Heard()
    assert (one("servers", heard=quiet).state, one("live", heard=quiet).state) == ("off", "off")
    assert verdict(told(heard=quiet), text)[0] == "ok", "what is off is not broken"


def test_the_database_is_away() -> None:
    found = told(replace(GOOD, files=None))
    assert verdict(found, text) == ("broken", "Something is broken: Database.")
    assert [each.key for each in found] == ["database", "bot", "login", "plugins"]


def test_the_file_of_a_round_that_ended_has_not_come() -> None:
    other = with_files(rounds=(replace(ROUND, map="goldrush", number=2),))
    assert (
        one("lost", other).words
        == "puran plays the second round of supply, and the file of the first one has not come."
    )
    assert one("lost", with_files(rounds=())).state == "look"
    begun = Heard(asked=(ON,), live=(replace(LIVE, started_at=ago(seconds=20)),))
    assert all(each.key != "lost" for each in told(other, begun)), "it may still be on its way"
    first = Heard(asked=(ON,), live=(replace(LIVE, round=1),))
    assert all(each.key != "lost" for each in told(other, first))


def test_a_round_is_missing_that_should_be_here() -> None:
    lacking = Unfinished(
        match_id="m", session_id="s", server="puran", map="goldrush", status="open", ended_at=ago(hours=2)
    )
    assert one("rounds", with_files(unfinished=(lacking,))).words == "A round is missing that should be here: goldrush."
    assert one("rounds", with_files(unfinished=(replace(lacking, status="orphan_r2"),))).state == "look"
    for fine in (replace(lacking, ended_at=ago(days=3)), replace(lacking, status="abandoned_r1")):
        assert one("rounds", with_files(unfinished=(fine,))).state == "ok", "people leave maps"


@pytest.mark.parametrize(
    ("key", "changed", "state", "words"),
    [
        ("files", {"last": None}, "look", "No file has come yet."),
        ("refused", {"newer_refused": 2}, "look", "2 files that came after the last good one were refused"),
        ("refused", {"ledger": Ledger(9, 0, 4)}, "ok", "9 were imported, 4 are in quarantine."),
        ("jobs", {"due_since": ago(minutes=6), "jobs": Counts(7, 0, 0, 0)}, "broken", "7 are due and nobody runs them"),
        ("jobs", {"due_since": ago(minutes=1)}, "ok", "2 wait for their time."),
        ("jobs", {"jobs": Counts(0, 0, 0, 3)}, "look", "3 were given up"),
        ("source", {"sources": (RemoteState("box", NOW, None, None),)}, "ok", "Its files are looked at."),
        ("source", {"sources": (RemoteState("box", None, "no route", NOW),)}, "broken", "No files can be fetched"),
    ],
)
def test_what_is_said_of_files_and_jobs(key: str, changed: dict[str, Any], state: str, words: str) -> None:
    link = one(key, with_files(**changed))
    assert link.state == state
    assert link.words.startswith(words)


def test_people_play_and_no_file_comes() -> None:
    assert FILES.last is not None
    old = with_files(last=replace(FILES.last, received_at=ago(minutes=80)))
    assert one("files", old).words.startswith("People play on puran, and no file has come for long.")
    few = Heard(asked=(replace(ON, humans=3),))
    assert one("files", old, few).state == "ok"
    nothing = replace(FILES.servers[0], tokens=0)
    assert one("files", with_files(servers=(nothing,))).state == "look", "no way for further files is there"


def test_servers_plugins_news_bot_and_login() -> None:
    silent = Heard(asked=(replace(ON, online=False),))
    assert one("servers", heard=silent).words == "No answer from puran. They may be off between nights."
    failed = replace(GOOD, plugins=(PluginInfo("stats", "1", "failed", "x", ()),))
    assert (one("plugins", failed).state, one("plugins", failed).words) == ("broken", "Not all run: stats (failed).")
    degraded = replace(GOOD, plugins=(PluginInfo("stats", "1", "degraded", "x", ()),))
    assert one("plugins", degraded).state == "look"
    assert one("news", replace(GOOD, listening=False)).state == "look"
    off = replace(GOOD, bot=Bot(on=False, reason="no token"), login=Bot(on=False, reason="no id"))
    assert (one("bot", off).words, one("login", off).state) == ("It is off: no token.", "off")
