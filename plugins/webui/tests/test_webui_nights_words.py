"""What is said of a night: the verdict, the story with its evidence, form in words, what counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from slomix_stats.api import Letter, Mvp, SegmentLine, SessionDetail, SessionForm, SessionLine, SessionsAround, Who
from slomix_stats.testing import START, Evening, half, player
from slomix_webui.pages.nights.tabs.numbers import GROUPS
from slomix_webui.pages.nights.verdict import call, counted, duels_of, form_words, headline, story
from slomix_webui.pages.nights.view import HEAT, SORTS, Read, chips_of, night_view


def said(message: str, **values: Any) -> str:
    return message.format(**values) if values else message


#: Points of A and B on each map, in the order of play.
Points = Sequence[tuple[int, int] | None]


def night(*parts: Points, seconds: tuple[float, float] = (400.0, 300.0)) -> SessionDetail:
    """An evening of one pair of teams after the other; None is a map without a result. A attacks first."""
    evening, matches, segments = Evening(), [], []
    for number, points in enumerate(parts, 1):
        total = [0, 0]
        for each in points:
            played = half(1, "ab", "xy", seconds=seconds[0]), half(2, "xy", "ab", seconds=seconds[1])
            match = evening.play(*played, each)
            if each is None:
                matches.append(match)
                continue
            total = [total[0] + each[0], total[1] + each[1]]
            matches.append(replace(match, segment=number, attackers_r1="A", points_a=each[0], points_b=each[1]))
        segments.append(
            SegmentLine(
                number=number,
                name_a=f"Reds{number}",
                name_b=f"Blues{number}",
                colour_a=None,
                colour_b=None,
                team_a=("a", "b"),
                team_b=("x", "y"),
                points_a=total[0],
                points_b=total[1],
                format="2v2",
                confidence="high",
            )
        )
    line = SessionLine(
        session_id="s", server="v", started_at=START, ended_at=START, rounds=2 * len(matches), matches=len(matches),
        players=4, maps=tuple(match.map for match in matches),
    )  # fmt: skip
    people = tuple(player(name, None) for name in "abxy")
    return SessionDetail(session=line, matches=tuple(matches), players=people, segments=tuple(segments))


def form(name: str, value: float, usual: float | None, rounds: int = 8) -> SessionForm:
    change = None if usual is None else 100 * (value - usual) / usual
    who = Who(player_id=name, guid=name, name=name, name_raw=name)
    return SessionForm(
        who=who, rounds=rounds, value=value, usual=usual, usual_sessions=0 if usual is None else 5, delta_percent=change
    )


@pytest.mark.parametrize(
    ("parts", "verdict", "short"),
    [
        ([[(2, 0), (2, 0), (0, 2)]], "Reds1 take the night, 4 : 2", "4:2 over 3 maps"),
        ([[(0, 2)]], "Blues1 take the night, 2 : 0", "0:2 over 1 map"),
        ([[(1, 1)]], "Reds1 and Blues1 share the night, 1 : 1", "1:1 over 1 map"),
        ([[(2, 0)], [(1, 1), (0, 2)]], "Reds1 win 2 : 0; Blues2 win 3 : 1", "2:0 and 1:3 over 3 maps"),
        ([[(2, 0)], [(1, 1)]], "Reds1 win 2 : 0; Reds2 and Blues2 draw, 1 : 1", "2:0 and 1:1 over 2 maps"),
        ([[None]], "No map was finished", "1 map"),
        ([], "No map was finished", "0 maps"),
    ],
)
def test_the_verdict(parts: list[Points], verdict: str, short: str) -> None:
    detail = night(*parts)
    duels = duels_of(detail)
    assert call(duels, detail.matches, said) == verdict
    assert headline(duels, len(detail.matches), said) == short


def test_a_night_that_begins_has_no_verdict_yet() -> None:
    detail = night([None])
    running = replace(detail.matches[0], status="open", r2=None)
    assert call((), (running,), said) == "The first map is being played"
    assert counted((), (running,), said) == ""


def test_what_the_score_counts() -> None:
    detail = night([(2, 0), None, (0, 2)])
    assert counted(duels_of(detail), detail.matches, said) == "2 maps counted, 2 points each; without a result: 1."
    mixed = replace(detail.matches[1], points_r1_attackers=2, points_r2_attackers=0)
    told = counted(duels_of(detail), (*detail.matches[:1], mixed), said)
    assert told == "1 map counted, 2 points each; left out, the teams were mixed: 1."


@pytest.mark.parametrize(
    ("points", "course", "evidence"),
    [
        ([(0, 2), (0, 2), *3 * [(2, 0)]], "Reds1 were 0 : 4 behind after supply, and came back.", "/matches/m1"),
        ([(2, 0), (0, 2), (2, 0)], "Reds1 were never behind Blues1.", "#maps"),
        ([(2, 0), (1, 1)], "Reds1 led from the first map to the last.", "#maps"),
    ],
)  # fmt: skip
def test_how_it_went(points: Points, course: str, evidence: str) -> None:
    detail = night(points)
    first = story(duels_of(detail), detail.matches, (), said)[0]
    assert (first.text, first.address) == (course, evidence)


@pytest.mark.parametrize("points", [[(1, 1), (1, 1)], [(2, 0)]])
def test_a_draw_and_a_single_map_have_no_course(points: Points) -> None:
    detail = night(points)
    told = [each.text for each in story(duels_of(detail), detail.matches, (), said)]
    assert told == ["supply was the closest map: 6:40 was set, and beaten by 100 s."]


def test_the_fastest_attack_stands_in_for_the_closest_map() -> None:
    detail = night([(2, 0)], seconds=(250.0, 300.0))
    assert story((), detail.matches, (), said)[0].text == "The fastest attack was on supply, in 4:10."


def test_who_rose_above_themselves_else_who_did_most() -> None:
    lines = (form("a", 300, 200), form("b", 400, 390), form("x", 900, 300, rounds=1))
    assert story((), (), lines, said)[0].text == (
        "a played 50 % above their own level: 300 damage per minute, usually 200."
    )
    assert story((), (), lines, said)[0].address == "#form"
    plain = story((), (), (form("a", 200, 210), form("b", 210, None)), said)[0]
    assert (plain.text, plain.address) == ("b did the most damage, 210 per minute.", "?metric=dpm#heat")
    assert story((), (), (), said) == ()


@pytest.mark.parametrize(
    ("change", "words"),
    [(None, "first night"), (0, "as usual"), (-9.9, "as usual"), (10, "above"), (25, "far above"), (-10, "below"),
     (-40, "far below")],
)  # fmt: skip
def test_form_in_words(change: float | None, words: str) -> None:
    assert form_words(change, said) == words


def read(detail: SessionDetail) -> Read:
    return Read(
        detail=detail, summary=None, grid=None, choices=(), findings=(), around=SessionsAround(older=None, newer=None)
    )


def test_a_night_without_any_number_is_a_page_all_the_same() -> None:
    detail = replace(night([None]), players=())
    view = night_view(read(detail), said, running=False)
    assert (view.players, view.heat, view.form, view.awards) == ((), None, (), ())


@pytest.mark.parametrize(("ascending", "order"), [(False, "xyab"), (True, "yxab")])
def test_players_by_any_number_with_unknown_ones_last(ascending: bool, order: str) -> None:
    detail = night([(2, 0)])
    revives = {"a": None, "b": None, "x": 9, "y": 3}
    people = tuple(replace(line, revives_given=revives[line.player_id]) for line in detail.players)
    shown = night_view(
        read(replace(detail, players=people)), said, running=False, sort="revives_given", ascending=ascending
    )
    assert "".join(row.player.player_id for row in shown.players) == order
    letters: list[Letter | None] = [row.letter for row in shown.players]
    assert letters == ["B", "B", "A", "A"]


def test_everybody_has_one_name_on_a_page() -> None:
    from slomix_stats.api import SessionSummary

    detail = night([(2, 0)])
    now = Who(player_id="a", guid="a", name="later name", name_raw="later name")
    mvp = Mvp(segment=1, team="A", who=now, kills=1, deaths=0, dpm=1.0, gibs=0, revives_given=None)
    summary = SessionSummary(
        session=detail.session, mvps=(mvp,), form=(replace(form("a", 1, 1), who=now),), fun=(), reached=()
    )
    view = night_view(replace(read(detail), summary=summary), said, running=False)
    assert view.duels[0].mvp_a is not None
    assert {view.duels[0].mvp_a.who.name, view.form[0].form.who.name} == {"a"}


def test_rounds_that_count_for_nothing_are_told_with_why() -> None:
    evening = Evening()
    match = evening.play(half(1, "a", "x"), half(2, "x", "a", invalid_reason="bots", status="completed"), None)
    detail = replace(night([None]), matches=(match,))
    data = night_view(read(detail), said, running=False).data
    assert (data.level, data.counted, data.why) == ("partial", 1, "1 of 2 rounds count")
    assert [(each.number, each.why) for each in data.left_out] == [(2, "bots played")]


def test_two_plays_of_a_map_are_told_apart() -> None:
    detail = night([(2, 0), (0, 2)])
    assert [(chip.label, chip.a, chip.b) for chip in chips_of(detail.matches)] == [
        ("supply", 2, 0),
        ("supply (2)", 0, 2),
    ]


def test_columns_and_switches_name_numbers_that_there_are() -> None:
    from slomix_stats.metrics.catalogue import METRICS

    names = {metric.name for metric in METRICS}
    assert set(HEAT) <= names
    assert {name for group in GROUPS.values() for name in group} <= names
    assert all(hasattr(player("a", None), field) for field in SORTS)
