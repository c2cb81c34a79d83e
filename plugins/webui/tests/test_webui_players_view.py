"""What pages about players say, from hand-made numbers; and the same pages with nothing, and with hostile names."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import pytest
import pytest_asyncio

from slomix.testing.database import fresh_database, sources_for
from slomix.testing.running import Running, running
from slomix_stats.api import (
    Board,
    BoardRow,
    Form,
    FormLine,
    MetricInfo,
    Milestone,
    Number,
    PlayerHit,
    PlayerNumbers,
    Progress,
    Scope,
    ScopeUsed,
    WeaponLine,
    Who,
)
from slomix_stats.simulate import play_evening
from slomix_webui.api import PageScope
from slomix_webui.pages.compare.choosing import ids_in, surely
from slomix_webui.pages.compare.compare import compare_view, with_players
from slomix_webui.pages.compare.matchup import at, unknown_of
from slomix_webui.pages.form.form import form_view
from slomix_webui.pages.memory.news import move_of, scope_before
from slomix_webui.pages.memory.visits import LONGEST, earlier_visit
from slomix_webui.pages.metrics.view import filled, spread
from slomix_webui.pages.players.view import nearest, standing, weapon_rows
from slomix_webui.testing.document import problems
from slomix_webui.weapons import accuracy, weapon_name

NOW = datetime(2026, 11, 28, 20, 0, tzinfo=UTC)
USED = ScopeUsed(period="all", since=None, until=None, map=None, side=None, format=None, min_rounds=1)
XSS = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7 * 7 }}", "^1</a><b>", "'onclick='x"]


def who(name: str) -> Who:
    return Who(player_id=f"p-{name}", guid=name.upper() * 8, name=name, name_raw=f"^1{name}")


def info(name: str, *, better: bool = True, rate: bool = True) -> MetricInfo:
    return MetricInfo(
        name=name, title=name.title(), unit="", formula=name, description="", source="", version=1, decimals=1,
        higher_is_better=better, rate=rate, min_rounds=10,
    )  # fmt: skip


def line(name: str, delta: float) -> FormLine:
    return FormLine(
        who=who(name), rounds=20, usual_rounds=100, value=100 + delta, usual=100.0, delta_percent=delta,
        last_seen=NOW, series=(1.0, 2.0),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("delta", "said"),
    [
        (15, "far_above"),
        (14.9, "above"),
        (5, "above"),
        (4.9, "usual"),
        (-4.9, "usual"),
        (-5, "below"),
        (-15, "far_below"),
    ],
)
def test_where_somebody_stands(delta: float, said: str) -> None:
    assert standing(line("a", delta), 120) == said


def test_who_is_new_has_no_form() -> None:
    assert standing(None, 3) == "new"
    assert standing(None, 0) == "unplayed"


def weapon(slot: str, kills: int, shots: int = 100, hits: int = 40) -> WeaponLine:
    percent = 100 * hits / shots if shots else None
    return WeaponLine(weapon=slot, kills=kills, deaths=0, hits=hits, shots=shots, headshot_hits=0, accuracy=percent)


def test_accuracy_stands_only_where_it_means_something() -> None:
    assert accuracy(weapon("mp40", 1)) == 40
    assert accuracy(weapon("panzerfaust", 1)) is None
    assert accuracy(weapon("syringe", 1)) is None
    assert accuracy(weapon("mp40", 1, shots=49)) is None
    rows = weapon_rows([weapon("mp40", 30), weapon("grenade", 10), weapon("colt", 0, shots=0, hits=0)])
    assert [(row.name, row.share) for row in rows] == [("MP 40", 75.0), ("Grenade", 25.0)]
    assert weapon_name("grenadelauncher") == "Rifle grenade"
    assert weapon_name("SLOT_30") == "Slot 30"


def test_the_nearest_steps_come_first() -> None:
    step = Milestone(ladder="a", metric="a", threshold=1, title="One", emoji="", tier=1, min_rounds=0)

    def way(ladder: str, percent: float, *, done: bool = False) -> Progress:
        following = None if done else step
        return Progress(
            ladder=ladder, title=ladder, value=1, reached=None, next=following, percent=percent, rounds_missing=0
        )

    told = nearest([way("a", 10), way("b", 90), way("c", 100, done=True), way("d", 50), way("e", 40), way("f", 20)])
    assert [each.ladder for each in told] == ["b", "d", "e", "f"]


def test_form_counts_what_is_for_the_better() -> None:
    form = Form(metric="x", recent=3, usual=20, rows=(line("a", 10), line("b", 1), line("c", -7), line("d", -20)))
    view = form_view(info("x"), form, [info("x"), info("kills", rate=False)])
    assert (view.above, view.level, view.below) == (1, 1, 2)
    turned = form_view(info("x", better=False), form, [info("x")])
    assert (turned.above, turned.level, turned.below) == (2, 1, 1)
    assert [each.name for each in view.others] == ["x"]


def numbers(name: str, **values: float | None) -> PlayerNumbers:
    return PlayerNumbers(
        who=who(name), rounds=10, time_played_s=600,
        numbers=tuple(Number(metric=metric, value=value, rounds=10, of=10) for metric, value in values.items()),
    )  # fmt: skip


def test_the_better_of_each_number_leads() -> None:
    metrics = [info("dpm"), info("teamwork", better=False), info("kd"), info("accuracy")]
    people = [
        numbers("a", dpm=200, teamwork=2.0, kd=1.0, accuracy=None),
        numbers("b", dpm=150, teamwork=1.0, kd=1.0, accuracy=30.0),
    ]
    view = compare_view(["p-a", "p-b", "p-x"], people, [None, None], metrics, PageScope(period="30d"))
    assert [[cell.best for cell in row.cells] for row in view.rows] == [
        [True, False], [False, True], [False, False], [False, False],
    ]  # fmt: skip
    assert [(each.leads, each.without) for each in view.players] == [
        (1, "/compare?players=p-b&period=30d"), (1, "/compare?players=p-a&period=30d"),
    ]  # fmt: skip
    assert view.unknown == ("p-x",)


def test_addresses_of_comparisons() -> None:
    assert ids_in(" a, b,,a ,c", 8) == ("a", "b", "c")
    assert ids_in(",".join(map(str, range(20))), 8) == tuple(map(str, range(8)))
    assert with_players(PageScope(), []) == "/compare"
    assert at(["a", "b"], ["c"], True) == "/matchup?a=a,b&b=c&exact=1"
    assert at([], [], False) == "/matchup"
    assert unknown_of(["p-a", "nobody"], [who("a")]) == ("nobody",)
    # an id that was merged into another is found, though the found one is called otherwise
    assert unknown_of(["p-old"], [who("a")]) == ()


def test_a_name_means_somebody_only_without_doubt() -> None:
    def hit(name: str) -> PlayerHit:
        return PlayerHit(player_id=f"p-{name}", guid=name.upper(), name=name, last_seen=NOW)

    assert surely("ann", [hit("Anna")]) == hit("Anna")
    assert surely("ANNA", [hit("Anna"), hit("Annabel")]) == hit("Anna")
    assert surely("ann", [hit("Anna"), hit("Annabel")]) is None
    assert surely("x", []) is None


def test_formulas_with_their_values() -> None:
    values = {"damage_given": 14345.0, "time_played_s": 3654.0, "unknown_sum": None, "share": 0.5}
    assert filled("damage_given * 60 / time_played_s", values) == "14,345 * 60 / 3,654"
    assert filled("100 * share / unknown_sum", values) == "100 * 0.50 / unknown"
    assert filled("max(0, damage_given_more)", values) == "max(0, damage_given_more)"


def test_a_distribution_counts_everybody_once() -> None:
    values = [1.0, 2.0, 2.5, 9.9, 10.0, 3.0]
    found = spread(values)
    assert found is not None
    assert sum(found.counts) == len(values)
    assert found.edges[0] <= 1.0
    assert found.edges[-1] >= 10.0
    assert spread([1.0, 2.0]) is None
    assert spread([5.0] * 20) is None


def seconds(before: timedelta) -> int:
    return int((NOW - before).timestamp())


def test_when_a_browser_was_here_before() -> None:
    hour, day = timedelta(hours=1), timedelta(days=1)
    # in the middle of a visit: what counts is the end of the one before
    assert earlier_visit(f"{seconds(3 * day)}.{seconds(hour)}", NOW) == NOW - 3 * day
    # the first page of a visit, before a script could tell
    assert earlier_visit(f"{seconds(9 * day)}.{seconds(3 * day)}", NOW) == NOW - 3 * day
    assert earlier_visit(f"0.{seconds(hour)}", NOW) is None
    assert earlier_visit(f"{seconds(400 * day)}.{seconds(hour)}", NOW) == NOW - LONGEST
    assert earlier_visit(f"{seconds(-day)}.{seconds(-day)}", NOW) is None
    for broken in ("", "x", "1", "1.", "-1.5", "1.2.3", "9" * 40 + ".1"):
        assert earlier_visit(broken, NOW) is None


def board(*names: str) -> Board:
    rows = tuple(
        BoardRow(rank=place, who=who(name), value=1.0, rounds=5, number=Number(metric="dpm", value=1.0, rounds=5, of=5))
        for place, name in enumerate(names, 1)
    )
    return Board(metric=info("dpm"), scope=USED, players=len(rows), rows=rows, next=None)


def test_places_that_changed() -> None:
    up = move_of(who("b"), board("a", "b"), board("b", "a"))
    assert up is not None
    assert (up.before, up.now, up.players) == (2, 1, 2)
    assert move_of(who("a"), board("a", "b"), board("a", "b")) is None
    new = move_of(who("a"), None, board("b", "a"))
    assert new is not None
    assert (new.before, new.now) == (None, 2)
    assert move_of(who("c"), board("c"), board("a")) is None


def test_the_season_before_a_visit() -> None:
    first = date(2026, 10, 1)
    assert scope_before(first, NOW) == Scope(period="2026-10-01..2026-11-27")
    assert scope_before(first, datetime(2026, 10, 1, 23, tzinfo=UTC)) is None


PAGES = (
    "/players", "/form", "/numbers", "/metrics/dpm", "/metrics/best_spree", "/compare", "/matchup", "/me/news",
    "/players?q=x", "/compare?add=x", "/compare?players=x,y", "/matchup?a=x&b=y",
)  # fmt: skip


@pytest_asyncio.fixture
async def empty() -> AsyncIterator[Running]:
    with fresh_database(sources_for(("stats", "webui"))) as dsn:
        async with running(dsn, "stats", "webui") as program:
            yield program


@pytest.mark.asyncio
async def test_nothing_says_why_and_hostile_names_stay_names(empty: Running) -> None:
    for address in PAGES:
        answer = await empty.web.get(address)
        assert answer.status_code == 200, address
        assert problems(answer.text) == [], address
    assert "No player yet" in (await empty.web.get("/players")).text
    assert "No form to show yet" in (await empty.web.get("/form")).text
    await hostile(empty)


async def hostile(program: Running) -> None:
    """Stats files whose players have markup for names."""
    evening = list(play_evening(seed=3))
    lines = [text.split(b"\\") for each in evening for text in each.data.splitlines()[1:]]
    named = {parts[0]: parts[1] for parts in lines}
    guids = sorted(named)
    for each in evening:
        data = each.data
        for guid, name in zip(guids, XSS, strict=False):
            data = data.replace(guid + b"\\" + named[guid] + b"\\", guid + b"\\" + name.encode() + b"\\")
        await program.give(each.name, data)
    await program.settle()
    rows = (await program.web.get("/players.json")).json()["rows"]
    ids = [row["player"]["who"]["player_id"] for row in rows]
    assert any("script" in row["player"]["who"]["name"] for row in rows)
    addresses = [f"/players/{ids[0]}?tab={tab}" for tab in ("mates", "season", "history", "achievements")]
    addresses += [f"/players/{player}" for player in ids] + [f"/compare?players={','.join(ids[:4])}"]
    addresses += [f"/matchup?a={ids[0]}&b={ids[1]}", f"/metrics/dpm?player={ids[0]}", "/me/news?days=90"]
    addresses += ["/players", "/form", "/players?q=%3Cscript%3E", "/players/%3Cscript%3Ealert(1)"]
    for address in addresses:
        answer = await program.web.get(address)
        assert answer.status_code in (200, 404), address
        assert problems(answer.text) == [], address
        assert "<script>alert" not in answer.text, address
        assert "<img" not in answer.text, address
        assert ">49<" not in answer.text, address
    picture = await program.web.get(f"/players/{ids[0]}.png")
    assert picture.content.startswith(b"\x89PNG")
