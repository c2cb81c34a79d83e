"""Every embed with hostile names: within Discord's limits, and no code block wider than a phone."""

from __future__ import annotations

import dataclasses
import functools
import types
import typing
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any, get_args, get_origin, get_type_hints

import discord
import pytest

import slomix_stats.api as api
from slomix.bot.embeds import fit
from slomix_stats.api.live import Live, ServerStatuses
from slomix_stats.decisions import Decided
from slomix_stats.discord import boards, checks, forms, looks, meetings, now, people, session_views
from slomix_stats.discord.charts.heat import map_bars, map_heat
from slomix_stats.discord.charts.lines import Line, form_graph, session_graph, spread
from slomix_stats.discord.charts.radar import Spoke, radar
from slomix_stats.discord.dates import parse_day, parse_month
from slomix_stats.discord.parts.sessions import NAMES
from slomix_stats.discord.text import PHONE_WIDTH, bar, cell, listed, prose, signed, table, width
from slomix_stats.metrics.catalogue import METRICS

HOSTILE = (
    "**bold** _x_ `code` ||spoiler||", "<@1234567890> @everyone <#1>", "[link](https://evil.example)", "```\nblock",
    "\u202eright\u202c to left", "שלום עולם", "日本語の名前がとても長いです", "x" * 64, "$a$ \\ # > -", "",
)  # fmt: skip
AT = datetime(2026, 9, 1, 21, 30, tzinfo=UTC)
PAGES = "https://stats.example"


@functools.cache
def hints_of(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


class Maker:
    """Makes any dataclass of the API, full to the brim: `many` items in every tuple, hostile names in every text."""

    def __init__(self, name: str, many: int) -> None:
        self.name, self.many = name, many

    def make(self, kind: Any, field: str = "", owner: Any = None) -> Any:
        origin = get_origin(kind)
        if origin in (types.UnionType, typing.Union):
            return self.make(next(each for each in get_args(kind) if each is not type(None)), field, owner)
        if origin is typing.Literal:
            return get_args(kind)[0]
        if origin is tuple:
            return tuple(self.make(get_args(kind)[0], field, owner) for _ in range(self.many))
        if origin is dict:
            return {"medic": 0.4, "tank": 0.1} if field == "scores" else {}
        if origin is not None and issubclass(origin, Mapping):
            return {"a": self.name}
        if dataclasses.is_dataclass(kind):
            hints = hints_of(typing.cast(type, kind))
            return kind(
                **{each.name: self.make(hints[each.name], each.name, kind) for each in dataclasses.fields(kind)}
            )  # type: ignore[operator]
        return self._plain(kind, field, owner)

    def _plain(self, kind: Any, field: str, owner: Any) -> Any:
        if kind is str:
            if field == "metric":
                return "dpm"
            return (
                self.name if field in ("name", "name_raw", "map", "text", "server", "hostname", "opponent") else field
            )
        if kind is bool:
            return True
        if kind in (int, float):
            if field == "decimals":
                return 1
            return kind(9876 if field in ("value", "time_played_s") else 87)
        return {datetime: AT, date: AT.date()}.get(kind)


class Metrics:
    """The part of the insight that needs no database."""

    def metric(self, name: str) -> api.MetricInfo:
        return next(each.info for each in METRICS if each.name == name)


def numbers(maker: Maker) -> api.PlayerNumbers:
    """Every metric with a large value."""
    given = tuple(
        api.Number(
            metric=each.name,
            value=4321.0 if each.name in ("xp", "damage", "damage_received") else 187.0,
            rounds=9,
            of=9,
        )
        for each in METRICS
    )
    found: api.PlayerNumbers = maker.make(api.PlayerNumbers)
    return dataclasses.replace(found, numbers=given)


def insight(maker: Maker) -> api.SessionInsight:
    found: api.SessionInsight = maker.make(api.SessionInsight)
    players = tuple(dataclasses.replace(each, numbers=numbers(maker)) for each in found.players)
    return dataclasses.replace(found, players=players)


def view_of(view: session_views.View, maker: Maker) -> discord.Embed:
    return session_views.view_embed(insight(maker), view, PAGES)


Embeds = dict[str, Callable[[Maker], Any]]
OF: Any = Metrics()
EMBEDS: Embeds = {
    "consistency": lambda m: forms.consistency_embed(m.make(api.Consistency), PAGES),
    "maps of": lambda m: forms.maps_embed(m.make(api.MapAffinity), PAGES),
    "sides": lambda m: forms.sides_embed(m.make(api.AttackDefence), PAGES),
    "style": lambda m: forms.style_embed(m.make(api.Playstyle), m.make(api.SessionLine), PAGES),
    "fatigue": lambda m: forms.fatigue_embed(m.make(api.Fatigue), PAGES),
    "bands": lambda m: forms.bands_embed(m.make(api.Bands), OF, PAGES),
    "badges": lambda m: forms.achievements_embed(m.make(api.Achievements), PAGES),
    "legend": lambda m: forms.legend_embed(m.make(api.Achievements).badges),
    "form": lambda m: forms.form_embed(m.make(api.Form), PAGES),
    "player": lambda m: people.player_embed(m.make(api.PlayerProfile), PAGES, ("🏆",) * 7),
    "compare": lambda m: meetings.compare_embed(numbers(m), numbers(m), OF, "all time", PAGES),
    "duo": lambda m: meetings.duo_embed(m.make(api.Duo), PAGES),
    "nemesis": lambda m: meetings.nemesis_embed(m.make(api.Nemesis), PAGES),
    "matchup": lambda m: meetings.matchup_embed(m.make(api.Matchup), PAGES),
    "teams": lambda m: meetings.teams_embed(m.make(api.SessionTeams), PAGES),
    "score": lambda m: meetings.score_embed(m.make(api.SessionTeams), PAGES),
    "changes": lambda m: meetings.changes_embed(m.make(api.LineupChanges), PAGES),
    "record": lambda m: meetings.record_embed(m.make(api.TeamRecord), PAGES),
    "pool": lambda m: meetings.pool_embed([(m.name, "#c0392b")] * m.many),
    "board": lambda m: boards.board_embed(m.make(api.Board), 0, PAGES),
    "records": lambda m: boards.records_embed(m.make(api.RecordBook), 0, PAGES)[0],
    "fame": lambda m: boards.fame_embed(m.make(api.HallOfFame), 0, PAGES)[0],
    "winners": lambda m: boards.winners_embed(m.make(api.AwardBoards), 0, PAGES)[0],
    "maps": lambda m: boards.map_list_embed(m.make(api.Maps), 0, PAGES)[0],
    "map": lambda m: boards.map_embed(m.make(api.MapDetail), PAGES),
    "weapons": lambda m: boards.weapons_of_all_embed(m.make(api.Weapons), 0, PAGES)[0],
    "season": lambda m: boards.season_embed(m.make(api.Season), PAGES),
    "today": lambda m: boards.memory_embed(m.make(api.OnThisDay), PAGES),
    "sessions": lambda m: boards.sessions_embed((m.make(api.SessionLine),) * m.many, "", 0, PAGES),
    "view weapons": lambda m: session_views.weapons_embed(insight(m), PAGES),
    "view top": lambda m: session_views.top_embed(insight(m), PAGES),
    "awards": lambda m: session_views.awards_embed(m.make(api.SessionAwards), PAGES),
    "quality": lambda m: checks.quality_embed(
        m.make(api.EndstatsCoverage), [m.make(api.StoredFinding)] * m.many, PAGES
    ),
    "weapon sums": lambda m: checks.weapon_sums_embed(insight(m), PAGES),
    "decisions": lambda m: checks.decisions_embed([m.make(Decided)] * m.many, 0)[0],
    "now": lambda m: now.now_embed(m.make(ServerStatuses), m.make(Live), PAGES),
    **{f"view {key}": functools.partial(view_of, view) for key, view in session_views.VIEWS.items()},
}


def blocks(embed: discord.Embed) -> list[str]:
    """The lines of all code blocks."""
    texts = [embed.description or "", *(field.value or "" for field in embed.fields)]
    return [line for text in texts for block in text.split("```")[1::2] for line in block.splitlines()]


@pytest.mark.parametrize("name", EMBEDS)
def test_an_embed_fits_whatever_people_are_called(name: str) -> None:
    for called in HOSTILE:
        many = 12 if len(called) == 64 else 2
        embed = EMBEDS[name](Maker(called, many))
        assert isinstance(embed, discord.Embed)
        assert embed.title
        fitted = fit(embed)
        assert len(fitted) <= 6000
        assert len(fitted.fields) <= 25
        for text in (fitted.description or "", *(field.value or "" for field in fitted.fields)):
            assert text.count("```") % 2 == 0, f"{called!r}: an open code block"
        wide = [line for line in blocks(embed) if width(line) > PHONE_WIDTH]
        assert not wide, f"{called!r}: wider than a phone: {wide[:2]}"


@pytest.mark.parametrize("name", EMBEDS)
def test_an_embed_says_so_when_there_is_nothing(name: str) -> None:
    embed = fit(EMBEDS[name](Maker("bronze", 0)))
    assert embed.description or embed.fields


def test_every_view_of_a_session_has_a_button() -> None:
    assert set(session_views.VIEWS) < set(NAMES)
    assert len(NAMES) <= 25


def test_namesakes_are_told_apart_by_their_guids() -> None:
    hits = [Maker("bronze", 1).make(api.PlayerHit), Maker("bronze", 1).make(api.PlayerHit)]
    assert "Several are called" in (looks.no_such_player("Bronze", hits).description or "")
    assert "Did you mean" in (looks.no_such_player("bronz", hits).description or "")


def test_charts_are_pictures_as_wide_as_a_phone_whatever_people_are_called() -> None:
    lines = [Line(name, (300.0, None, 120.5)) for name in HOSTILE]
    maps, empty = ["supply", "$x$_" * 9, "日本"], Spoke("K/D", (None, 0.0), 2)
    spokes = [Spoke("DPM", (300.0, 100.0)), Spoke("Accuracy", (None, 12.0), 1, " %"), empty]
    drawn = [
        radar([HOSTILE[0], HOSTILE[8]], spokes),
        session_graph(HOSTILE[6], maps, lines, lines),
        session_graph("one map", ["supply"], lines[:1], lines[:1]),
        map_heat("an evening", maps * 5, lines * 2),
        form_graph(HOSTILE[8], ["1 Jan", "2 Jan"], [100.0, 0.0], 0.0),
        map_bars(HOSTILE[8], 250.0, [("supply", 300.0, 20.0), ("$x$", 0.0, -100.0), ("te_escape2", 250.0, 0.0)]),
    ]
    for png in drawn:
        assert png.startswith(b"\x89PNG")
        wide, high = int.from_bytes(png[16:20]), int.from_bytes(png[20:24])
        assert wide == 1120
        assert 300 < high < 2000


def test_names_at_the_ends_of_lines_do_not_meet() -> None:
    places = spread([100.0, 99.0, 98.0, 3.0, 0.0], 100.0, 0.1)
    assert places == sorted(places, reverse=True)
    assert all(upper - lower >= 10 - 1e-9 for upper, lower in pairwise(places))


# ---- words ---------------------------------------------------------------------------------


def test_names_keep_their_columns() -> None:
    assert width(cell("日本語の名前", 8)) <= 8
    assert cell("שלום").endswith("\u200e")
    assert width(cell("שלום")) == 4
    assert "\u202e" not in cell("a\u202eb")
    lines = table(("", "n"), [("日本", "1"), ("ab", "22")]).splitlines()
    assert [width(line) for line in lines[2:-1]] == [7, 7]


def test_nothing_in_a_name_is_a_mention_or_a_link() -> None:
    assert prose("<@1> @everyone") == r"\<\@1\> \@everyone"
    assert prose("https://x") == r"https\://x"


def test_differences_bars_and_lists() -> None:
    assert [signed(v) for v in (12.4, -3, -0.2, None)] == ["+12", "-3", "±0", "–"]
    assert [bar(v, 4) for v in (-5, 50, 400)] == ["░░░░", "██░░", "████"]
    assert listed(["a" * 500] * 4) == "\n".join(["a" * 500] * 2 + ["+2 more"])


TODAY = date(2026, 2, 3)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2025-10-14", date(2025, 10, 14)), ("14.10.2025", date(2025, 10, 14)), ("14.10.", date(2025, 10, 14)),
        ("3.2.", TODAY), ("today", TODAY), (" Yesterday ", date(2026, 2, 2)), ("31.2.2026", None), ("soon", None),
    ],
)  # fmt: skip
def test_days_as_people_type_them(text: str, day: date | None) -> None:
    assert parse_day(text, TODAY) == day


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("10", (2025, 10)), ("2", (2026, 2)), ("2025-10", (2025, 10)), ("Oct", (2025, 10)), ("january", (2026, 1)),
        ("13", None), ("2025-13", None), ("0", None), ("soon", None),
    ],
)  # fmt: skip
def test_months_as_people_type_them(text: str, month: tuple[int, int] | None) -> None:
    assert parse_month(text, TODAY) == month
