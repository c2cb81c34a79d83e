"""Which round an input is of, and which of several counts: pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from slomix_stats.inputs.linking import Link, LinkInput, LinkRound, link

LOCAL = datetime(2026, 1, 12, 22, 46, 6)  # noqa: DTZ001 - the server's wall clock
REAL = datetime(2026, 1, 12, 21, 46, 6, tzinfo=UTC)


def played(minutes: float, **changes: Any) -> LinkRound:
    """A round of at most 12 minutes that ended then."""
    shift = timedelta(minutes=minutes)
    fields: dict[str, Any] = {
        "round_id": f"r{minutes:g}", "server_id": "v1", "ended_local": LOCAL + shift, "ended_at": REAL + shift,
        "limit_s": 720, "people": frozenset({"Ann", "Bob", "AAAAAAA1", "BBBBBBB2"}),
    }  # fmt: skip
    return LinkRound(**{**fields, **changes})


def endstats(seconds: float, name: str = "e", **changes: Any) -> LinkInput:
    fields: dict[str, Any] = {
        "artifact": name, "kind": "endstats", "server_id": None, "ended_local": LOCAL + timedelta(seconds=seconds),
        "ended_at": None, "started_at": None, "richness": 20, "people": frozenset({"Ann", "Bob"}),
    }  # fmt: skip
    return LinkInput(**{**fields, **changes})


def report(begin: float, end: float, **changes: Any) -> LinkInput:
    """A round-end report of a play between these minutes."""
    return endstats(
        0, **{"kind": "report", "ended_local": None, "ended_at": REAL + timedelta(minutes=end),
              "started_at": REAL + timedelta(minutes=begin), "people": frozenset({"AAAAAAA1"}), **changes},
    )  # fmt: skip


def home(rounds: list[LinkRound], each: LinkInput) -> str | None:
    return link(rounds, [each])[each.artifact].round_id


def test_a_few_seconds_apart() -> None:
    assert home([played(0), played(8)], endstats(4)) == "r0"
    assert home([played(0), played(8)], endstats(8 * 60 - 3)) == "r8"
    assert home([played(0)], endstats(31)) is None, "it rather waits than joins another play"
    assert home([], endstats(0)) is None


def test_the_server_and_the_people_must_fit() -> None:
    elsewhere = played(0.1, server_id="v2", round_id="there", people=frozenset({"Cat", "Dan"}))
    assert home([elsewhere], endstats(0)) is None
    assert home([elsewhere, played(0)], endstats(5, server_id="v1")) == "r0"
    assert home([elsewhere, played(0)], endstats(6, people=frozenset({"Cat"}))) == "there"
    assert home([played(0, people=frozenset())], endstats(0)) == "r0", "a roster that is not known yet"


def test_a_report_is_of_the_play_it_covers() -> None:
    plays = [played(0), played(20)]
    assert home(plays, report(8, 20.1)) == "r20"
    assert home(plays, report(10, 22)) == "r20", "a clock that is two minutes off"
    assert home(plays, report(-11, -1)) == "r0"
    assert home([played(0)], report(2, 14)) is None, "it began after that round was over"
    assert home([played(0)], report(50, 60)) is None
    assert home([played(0)], report(0, 40, started_at=None)) is None, "without a start only the exact end tells"


def test_the_richer_one_counts() -> None:
    poor, rich = endstats(1, "poor", richness=10), endstats(9, "rich", richness=41)
    assert link([played(0)], [poor, rich]) == {"poor": Link("r0", False), "rich": Link("r0", True)}
    assert link([], [poor, endstats(1, "rich", richness=41)])["poor"] == Link(None, False), "also while they wait"
    same = endstats(4, "same", richness=10)
    assert link([played(0)], [poor, same])["poor"].counts, "of two alike the nearer one"
