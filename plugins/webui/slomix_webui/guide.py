"""The style guide: every component with something in it, for the page that shows them all and for tests of the look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from markupsafe import Markup

from slomix.names import clean_name
from slomix_stats.api import Letter, MatchLine
from slomix_webui.charts import Bar, Dot, Series
from slomix_webui.colours import coloured
from slomix_webui.icons import GLYPHS
from slomix_webui.markup import badge
from slomix_webui.parts import Entry, Face, FeedLine, Field, Head, Hit, Moment, NightRow, TabLink
from slomix_webui.stopwatch import Half, Play

_WHEN = datetime(2026, 9, 9, 21, 44, tzinfo=UTC)
_NAMES = (
    "^3Qua^7sar^3Q",
    "|^7Gluon|",
    "^8hob^7nob",
    "^4m^7oor^4h^7en",
    "volt_meter",
    "^1Kvas^7ilo",
    "tarn^5-",
    "^2Vrabelj",
)
_MAPS = ("sw_goldrush_te", "etl_sp_delivery", "erdenberg_t2", "te_escape2", "supply", "etl_adlernest")


@dataclass(frozen=True, slots=True, kw_only=True)
class Someone:
    """A player of the guide."""

    player_id: str
    guid: str
    name: str
    name_raw: str


PEOPLE = tuple(
    Someone(player_id=f"p{number}", guid=f"D8423F9{number}", name=raw, name_raw=raw)
    for number, raw in enumerate(_NAMES)
)


def values() -> dict[str, Any]:
    """What `style.html` needs, on top of what every page has."""
    return {
        "people": PEOPLE,
        "plays": _plays(),
        "entries": [Entry(key=k, label=t, href="#", icon=i, badge=b) for k, t, i, b in _ENTRIES],
        "more_entries": [Entry(key=k, label=t, href="#", icon=i, badge=b) for k, t, i, b in _MORE],
        "icons": sorted(GLYPHS),
        "colours": range(32),
        "heads": _HEADS,
        "rows": _rows(),
        "fields": _FIELDS,
        "tabs": _TABS,
        "nights": _nights(),
        "feed": _FEED,
        "moments": _MOMENTS,
        "faces": [Face(name=each.name, label=coloured(each.name_raw), note=note) for each, note in _faces()],
        "hits": _hits(),
        "when": _WHEN,
        "labels": [f"{day.day} {day:%b}" for day in _days(12)],
        "series": _SERIES,
        "bars": _bars(),
        "form_bars": _form(),
        "dots": _dots(),
        "matrix": _matrix(),
        "matrix_own": _matrix(own=True),
        "year": {date(2026, 9, 9) - timedelta(days=3 * n + n % 4): 1 + (n * 7) % 14 for n in range(95)},
        "until": date(2026, 9, 9),
        "broken": [95, 140, 160, 205, 214, 240, 251, 263, 300, 322, 410, 455, 470, 512, 560],
        "spark": [3.1, 2.8, None, 3.4, 3.3, 4.1, 3.9, 4.6],
        "quality": ("complete", "partial", "estimated", "missing"),
        "top": [
            (coloured(each.name_raw), f"{value}")
            for each, value in zip(PEOPLE[:5], (251, 232, 219, 208, 197), strict=True)
        ],
    }


_ENTRIES = (
    ("home", "Home", "home", ""),
    ("nights", "Nights", "night", ""),
    ("players", "Players", "player", ""),
    ("boards", "Leaderboards", "board", ""),
    ("live", "Live", "live", "live"),
)
_MORE = (
    ("records", "Record book", "record", ""),
    ("maps", "Maps", "map", ""),
    ("weapons", "Weapons", "weapon", ""),
    ("system", "System", "system", ""),
)
_HEADS = (
    Head(label="#", kind="rank"),
    Head(label="Player", kind="first"),
    Head(label="DPM", kind="lead", href="#dpm", sorted="descending", meaning="Damage given per minute played"),
    Head(label="K/D", href="#kd", meaning="Kills per death"),
    Head(label="Kills", href="#kills"),
    Head(label="Deaths", href="#deaths"),
    Head(label="Acc %", href="#acc", meaning="Bullets that hit of bullets fired"),
    Head(label="HS %", href="#hs", meaning="Head hits of bullet hits"),
    Head(label="Revives", href="#revives"),
    Head(label="Gibs", href="#gibs"),
    Head(label="Form"),
    Head(label="Last ten"),
)
_FIELDS = (
    Field(
        name="period",
        label="Period",
        value="90d",
        options=(("all", "All time"), ("90d", "Last 90 days"), ("season", "This season")),
    ),
    Field(name="map", label="Map", options=(("", "All maps"), *((name, name) for name in _MAPS))),
    Field(name="side", label="Side", options=(("", "Both sides"), ("attack", "Attack"), ("defence", "Defence"))),
    Field(name="format", label="Format", options=(("", "All formats"), ("3v3", "3v3"), ("6v6", "6v6"))),
    Field(name="min_rounds", label="Rounds at least", value="20", type="number", attrs={"min": "1", "max": "500"}),
)
_TABS = (
    TabLink(label="Summary", href="#", current=True),
    TabLink(label="Players", href="#"),
    TabLink(label="Teamplay", href="#"),
    TabLink(label="Positions", reason="no position tracks were captured this night"),
)
_FEED = (
    FeedLine(at="4:23", icon="flag", text="Dynamite planted near the Tank Barrier", mark=True),
    FeedLine(
        at="4:20",
        icon="kill",
        text=Markup('{} ✕ {} <span class="weapon">MP40</span>').format(coloured(_NAMES[0]), coloured(_NAMES[5])),
    ),
    FeedLine(at="4:18", icon="revive", text=Markup("{} revived {}").format(coloured(_NAMES[3]), coloured(_NAMES[2]))),
    FeedLine(at="4:11", icon="chat", text="volt_meter: hold the stairs"),
    FeedLine(at="4:02", icon="player", text="tarn- joined Axis"),
)
_MOMENTS = (
    Moment(at="21:44", text="First round, sw_goldrush_te"),
    Moment(at="22:31", text=Markup("{} breaks the own record: 262 DPM").format(coloured(_NAMES[0]))),
    Moment(at="now", text="erdenberg_t2, round 2", now=True),
)
_SERIES = (
    Series(name="QuasarQ", values=(180, 195, 210, None, 220, 231, 228, 240, 236, 251, 244, 262)),
    Series(name="Kvasilo", values=(201, 190, 188, 196, 205, 199, 210, 215, 208, 219, 213, 209)),
    Series(name="moorhen", values=(150, 158, 149, 160, 172, 168, 175, 170, 182, 179, 190, 186)),
)


def _days(count: int) -> list[date]:
    return [date(2026, 6, 24) + timedelta(days=7 * number) for number in range(count)]


def _plays() -> list[Play]:
    made = (
        (
            "sw_goldrush_te",
            (("A", "gave up 9:00", False, 75, None), ("B", "did it in 9:27", True, 78.8, None)),
            0,
            2,
            "B wins",
        ),
        (
            "etl_sp_delivery",
            (("B", "set 4:02", True, 40.3, None), ("A", "held 4:02", False, 40.3, 40.3)),
            0,
            2,
            "B wins",
        ),
        ("erdenberg_t2", (("A", "set 7:30", True, 75, None), ("B", "held 7:30", False, 75, 75)), 2, 0, "A wins"),
        (
            "te_escape2",
            (("B", "held 10:00", False, 100, None), ("A", "held 10:00", False, 100, None)),
            1,
            1,
            "Draw, both held",
        ),
        ("supply", (("A", "set 6:12", True, 62, None),), None, None, "Round 2 is still to come"),
    )
    return [_play(number, each) for number, each in enumerate(made)]


def _play(number: int, told: tuple[Any, ...]) -> Play:
    name, played, a, b, result = told
    match = MatchLine(
        match_id=f"m{number}", session_id="s", server="Slomix #1", map=name,
        ended_at=_WHEN + timedelta(minutes=16 * number), status="complete", r1=None, r2=None,
        points_r1_attackers=None, points_r2_attackers=None,
    )  # fmt: skip
    halves = tuple(
        Half(
            round_id=f"r{number}{n}",
            number=n,
            letter=letter,
            attackers=letter,
            verdict=verdict,
            done=done,
            length=length,
            mark=mark,
        )
        for n, (letter, verdict, done, length, mark) in enumerate(played, 1)
    )
    winner: Letter | None = None if a is None or b is None or a == b else "A" if a > b else "B"
    return Play(match=match, halves=halves, scale=600, result=result, winner=winner, a=a, b=b)


def _rows() -> list[dict[str, Any]]:
    dpm = (251, 232, 219, 208, 197, 188, 171, 150)
    change = (12.4, 3.0, -0.2, -8.1, None, 5.5, -15.2, 0.0)
    return [
        {
            "player": each,
            "letter": "A" if number in {0, 2, 3, 6} else "B",
            "dpm": dpm[number],
            "share": round(100 * dpm[number] / 251),
            "cells": (
                f"{1.6 - number / 8:.2f}",
                f"{117 - 9 * number}",
                f"{71 + 3 * number}",
                f"{38.1 - number:.1f}",
                f"{19.5 - number:.1f}",
                f"{(7 * number + 3) % 41}",
                f"{31 - 2 * number}",
            ),
            "change": change[number],
            "spark": [dpm[number] + ((n * 37 + number * 11) % 50) - 25 for n in range(10)],
            "mine": number == 3,
        }
        for number, each in enumerate(PEOPLE)
    ]


def _nights() -> list[NightRow]:
    played = ", ".join(_MAPS[:4])
    return [
        NightRow(label="Wed 9 Sep 2026", href="#", maps=played, sample="12 rounds · 8 players", a=4, b=8, live=True),
        NightRow(
            label="Sun 6 Sep 2026",
            href="#",
            maps=f"{played}, supply ×2",
            sample="16 rounds · 10 players",
            a=9,
            b=7,
            new=True,
        ),
        NightRow(
            label="Wed 2 Sep 2026",
            href="#",
            maps="supply",
            sample="2 rounds · 6 players",
            why_no_score="teams were mixed",
        ),
    ]


def _faces() -> list[tuple[Someone, str]]:
    return list(zip(PEOPLE[:6], ("since 19:02", "", "maybe", "", "from 21:30", ""), strict=True))


def _hits() -> list[tuple[str, list[Hit]]]:
    people = [Hit(label=coloured(each.name_raw), href="#", icon="player", note="292 rounds") for each in PEOPLE[:3]]
    return [("Players", people), ("Maps", [Hit(label="supply", href="#", icon="map", note="41 times")])]


def _bars() -> list[Bar]:
    shares = (31.5, 22, 17.25, 12, 9, 5.5, 2.75, None)
    arms = ("MP40", "Thompson", "FG42", "Panzerfaust", "Grenade", "Sten", "K43", "Mortar")
    return [Bar(label=arm, value=share) for arm, share in zip(arms, shares, strict=True)]


def _form() -> list[Bar]:
    return [
        Bar(label=coloured(p.name_raw), value=v)
        for p, v in zip(PEOPLE, (18.2, 9.5, 3.1, 0.2, -2.4, -7.7, -16.0, None), strict=True)
    ]


def _dots() -> list[Dot]:
    return [
        Dot(
            label=clean_name(p.name_raw),
            x=250 - 14 * n + (n * 53) % 31,
            y=19 - 1.7 * n + (n * 7) % 5,
            group=1 + n % 2,
        )
        for n, p in enumerate(PEOPLE)
    ]


def _matrix(own: bool = False) -> list[tuple[Markup, list[float | None]]]:
    return [
        (
            Markup("{} {}").format(badge("A" if n % 2 else "B"), coloured(p.name_raw)),
            [
                (
                    None
                    if (n, m) == (5, 2)
                    else (100 + ((n * 31 + m * 47) % 83) - 41 if own else 251 - 12 * n + ((n * 17 + m * 29) % 67) - 30)
                )
                for m in range(6)
            ],
        )
        for n, p in enumerate(PEOPLE)
    ]
