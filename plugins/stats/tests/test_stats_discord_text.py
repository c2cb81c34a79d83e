"""Words and tables of the embeds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from slomix_stats.api import MatchLine, RoundLine
from slomix_stats.discord.text import PHONE_WIDTH, cell, clock, number, prose, table
from slomix_stats.discord.verdicts import brief, map_result, outcome, target

ENDED = datetime(2026, 9, 1, 21, 30, tzinfo=UTC)
R1 = RoundLine(
    round_id="r1",
    match_id="m",
    session_id="s",
    server="the server",
    map="supply",
    number=1,
    ended_at=ENDED,
    limit_s=720,
    target_s=None,
    seconds=231.4,
    defender="axis",
    winner="allies",
    outcome="objective",
    ended_early=False,
    aborted=False,
    flags=(),
)
R2 = replace(R1, round_id="r2", number=2, target_s=231, seconds=231.0, defender="allies", winner="allies")
R2 = replace(R2, outcome="hold")
COMPLETE = MatchLine(
    match_id="m",
    session_id="s",
    server="the server",
    map="supply",
    ended_at=ENDED,
    status="complete",
    r1=R1,
    r2=R2,
    points_r1_attackers=2,
    points_r2_attackers=0,
)


@pytest.mark.parametrize(
    ("line", "words", "short"),
    [
        (R1, "objective in 3:51", "3:51"),
        (replace(R1, outcome="hold", seconds=720.0), "hold (12:00)", "hold"),
        (replace(R1, outcome="hold", seconds=None), "hold (12:00)", "hold"),
        (replace(R1, outcome="hold", seconds=250.0, ended_early=True), "ended early (4:10)", "early"),
        (replace(R1, outcome=None), "result unknown", "–"),
        (replace(R1, aborted=True), "aborted", "–"),
    ],
)
def test_the_outcome_in_words(line: RoundLine, words: str, short: str) -> None:
    assert (outcome(line), brief(line)) == (words, short)


@pytest.mark.parametrize(
    ("line", "match", "words"),
    [
        (R1, None, "Target to beat: **3:51**"),
        (R1, replace(COMPLETE, r2=None, status="open"), "Target to beat: **3:51**"),
        (replace(R1, outcome="hold"), None, "Target to beat: any finish within 12:00"),
        (R2, COMPLETE, "Target was 3:51. **2:0**, the map goes to the attackers of round 1 (Allies in round 2)."),
        (R2, None, ""),
    ],
)
def test_the_target_and_the_result(line: RoundLine, match: MatchLine | None, words: str) -> None:
    assert target(line, match) == words


def test_a_double_hold_is_a_draw_and_an_orphan_does_not_count() -> None:
    held = replace(COMPLETE, points_r1_attackers=1, points_r2_attackers=1)
    orphan = replace(COMPLETE, r1=None, status="orphan_r2", points_r1_attackers=None, points_r2_attackers=None)
    assert map_result(held) == "**1:1**, both teams held."
    assert "Round 1 is missing" in target(R2, orphan)


def test_clocks_and_numbers() -> None:
    assert [clock(s) for s in (0, 59.6, 231.4, 3723, None)] == ["0:00", "1:00", "3:51", "62:03", "–"]
    assert [number(12345.6), number(1.236, 2), number(None)] == ["12,346", "1.24", "–"]


def test_names_can_not_break_out() -> None:
    assert prose("**a_b**\n# c") == r"\*\*a\_b\*\* \# c"
    assert cell("```\nx") == "''' x"
    assert cell("a" * 20) == "a" * 11 + "…"
    assert cell("\x00") == "–"


def test_a_table_fits_a_phone_and_its_limit() -> None:
    rows = [(cell("somebody with a long name"), "12/34", "312", "38/112", "10") for _ in range(60)]
    text = table(("", "K/D", "DPM", "ACC/HS", "R"), rows)
    lines = text.strip("`\n").splitlines()
    assert len(text) <= 1024
    assert max(len(line) for line in lines) <= PHONE_WIDTH
    assert lines[-1] == f"+{60 - (len(lines) - 2)} more"
    assert text.startswith("```\n")
    assert text.endswith("\n```")
