"""Charts from any values: none, one, many, unknown ones, hostile labels. What comes out is well-formed and whole."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date, timedelta
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from slomix_webui import charts
from slomix_webui.charts import Bar, Dot, Series
from slomix_webui.charts.frame import MOST_POINTS, MOST_ROWS, short, thinned
from slomix_webui.charts.matrix import shade
from slomix_webui.charts.names import place_names
from slomix_webui.charts.scale import Scale, step_of, ticks

HOSTILE = "</text><script>alert(1)</script>\"'&"
NUMBERS = st.one_of(st.none(), st.floats(-1e12, 1e12), st.sampled_from([0, 1, -1, math.nan, math.inf, -math.inf]))
VALUES = st.lists(NUMBERS, max_size=60)
DAY = date(2026, 9, 9)

Values = list[float | None]


def _counts(values: Values) -> list[int]:
    return [int(abs(value)) if value and math.isfinite(value) else 0 for value in values]


def _line(v: Values, s: str) -> Markup:
    return charts.line(s, [s] * len(v), [Series(name=s, values=v)], title=s, unit=s, base=v[0] if v else None)


def _lines(v: Values, s: str) -> Markup:
    return charts.line(s, [s] * len(v), [Series(name=s, values=v)] * 8, title=s, zero=True)


def _histogram(v: Values, s: str) -> Markup:
    edges = [float(number) for number in range(len(v) + 1)]
    return charts.histogram(s, edges, _counts(v), title=s, unit=s, mark=v[0] if v else None, mark_label=s)


def _calendar(v: Values, s: str) -> Markup:
    days = {DAY - timedelta(days=7 * n): count for n, count in enumerate(_counts(v))}
    return charts.calendar(s, days, DAY, title=s, unit=s)


def _scatter(v: Values, s: str) -> Markup:
    dots = [Dot(label=s, x=x, y=y, group=9) for x, y in zip(v, reversed(v), strict=True)]
    return charts.scatter(s, dots, title=s, x_label=s, y_label=s, groups=[s])


def _hold(v: Values, s: str) -> Markup:
    broken = [value for value in v if value is not None]
    held = sum(math.isfinite(value) for value in broken)
    return charts.hold_curve(s, broken, held, 600, title=s, mark=300, mark_label=s)


#: Every chart, from one list of values and one word.
CHARTS: dict[str, Callable[[Values, str], Markup]] = {
    "line": _line,
    "lines": _lines,
    "sparkline": lambda v, s: charts.sparkline(v, s, base=v[-1] if v else None),
    "bars": lambda v, s: charts.bars(s, [Bar(label=s, value=x, note=s) for x in v], title=s, unit=s, sample=s),
    "diverging": lambda v, s: charts.diverging(s, [Bar(label=s, value=x) for x in v], title=s),
    "histogram": _histogram,
    "heat": lambda v, s: charts.heat(s, [s, s], [(s, v), (s, v[:1])], corner=s),
    "heat of the own level": lambda v, s: charts.heat(s, [s] * 3, [(s, v)], against=100, scale="row"),
    "ring": lambda v, s: charts.ring(v[0] if v else None, s),
    "calendar": _calendar,
    "scatter": _scatter,
    "hold curve": _hold,
    "split": lambda v, s: charts.split((s, v[0] if v else None), (s, v[-1] if v else None), title=s, unit=s),
}


def parsed(html: Markup) -> ET.Element:
    """The markup as XML: each of our charts is well-formed."""
    assert isinstance(html, Markup)
    return ET.fromstring(f"<all>{html.replace('<wbr>', '')}</all>")  # nosec B314 - our own markup


@pytest.mark.parametrize("name", CHARTS)
@given(values=VALUES)
@settings(max_examples=40, deadline=None)
def test_any_values_give_a_whole_chart(name: str, values: list[float | None]) -> None:
    root = parsed(CHARTS[name](values, "words"))
    for element in root.iter():
        for key, value in element.attrib.items():
            assert key != "style"
            assert not key.startswith("on")
            assert "nan" not in value.lower().split(), (element.tag, key, value)
            assert "inf" not in re.split(r"[^a-z]+", value.lower()), (element.tag, key, value)
        for key in ("width", "height"):
            assert not element.get(key, "0").startswith("-"), (element.tag, key)


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("values", [[], [1.0], [None], [3.0, 200.0, 57.5]])
def test_hostile_words_are_words(name: str, values: list[float | None]) -> None:
    html = CHARTS[name](values, HOSTILE)
    root = parsed(html)
    assert not [each for each in root.iter() if each.tag in {"script", "foreignObject"}]
    assert "<script" not in html


@pytest.mark.parametrize("name", CHARTS)
def test_nothing_to_draw_is_said(name: str) -> None:
    for values in ([], [None, None], [math.nan]):
        root = parsed(CHARTS[name](values, "Title"))
        assert "".join(root.itertext()).strip() or any(each.get("title") for each in root.iter())
        assert not any("path" in each.get("class", "").split() for each in root.iter())


@pytest.mark.parametrize(
    "name", ["line", "lines", "bars", "diverging", "histogram", "calendar", "scatter", "hold curve"]
)
def test_a_figure_has_its_finding_a_name_and_its_numbers(name: str) -> None:
    root = parsed(CHARTS[name]([3.0, 200.0, 57.5], "told"))
    figure = root.find("figure")
    assert figure is not None
    caption = figure.find("figcaption")
    assert caption is not None
    assert "told" in "".join(caption.itertext())
    table = figure.find("details//table")
    assert table is not None
    assert len(table.findall("tbody/tr")) >= 2
    assert all(cell.get("scope") for cell in table.iter("th"))
    drawings = [each for each in figure.iter("svg") if each.get("role") == "img"]
    assert all(each.find("title") is not None for each in drawings)
    assert drawings or figure.find("ol[@aria-label]") is not None


def test_a_line_breaks_where_a_value_is_missing() -> None:
    html = charts.line("", list("abcd"), [Series(name="n", values=[1, 2, None, 4])], title="t")
    path = re.search(r' d="([^"]+)"', html)
    assert path
    assert path[1].count("M") == 2
    assert html.count('class="dot"') == 3


def test_a_single_value_is_a_point() -> None:
    html = charts.line("", ["only"], [Series(name="n", values=[5.0])], title="t")
    assert 'class="dot"' in html
    assert " d=" not in html


def test_series_differ_in_dash_and_point_and_are_named() -> None:
    html = charts.line("", list("ab"), [Series(name=f"n{n}", values=[n, n + 1]) for n in range(3)], title="t")
    assert {f"dash-{n}" for n in (1, 2, 3)} <= set(re.findall(r"dash-\d", html))
    legend = parsed(html).find("figure/ul")
    assert legend is not None
    assert ["".join(each.itertext()) for each in legend] == ["n0", "n1", "n2"]


def test_many_points_are_thinned_and_the_last_stays() -> None:
    count = 5000
    html = charts.line("", [str(n) for n in range(count)], [Series(name="n", values=list(range(count)))], title="t")
    path = re.search(r' d="([^"]+)"', html)
    assert path
    assert len(re.findall("[ML]", path[1])) == MOST_POINTS
    assert html.count("<tr>") == 1 + MOST_ROWS
    assert "4,800 more rows" in html
    assert thinned(10, 4) == [0, 3, 6, 9]


def test_bars_are_as_long_as_their_values() -> None:
    html = charts.bars("", [Bar(label="a", value=50), Bar(label="b", value=25), Bar(label="c", value=0)], title="t")
    assert re.findall(r'class="bar" width="([\d.]+)%"', html) == ["100", "50", "0"]


def test_diverging_bars_say_the_direction_in_words() -> None:
    html = charts.diverging("", [Bar(label="a", value=10), Bar(label="b", value=-20)], title="t")
    assert "+10 %" in html
    assert "−20 %" in html
    assert 'class="bar tup" x="50%" width="25%"' in html
    assert 'class="bar tdown" x="0%" width="50%"' in html


def test_a_hold_curve_steps_down_by_each_broken_defence() -> None:
    html = charts.hold_curve("", [100, 300, 900], 1, 600, title="t")
    assert "3 defences, 1 to the end" in html
    table = parsed(html).find("figure/details//tbody")
    assert table is not None
    assert ["".join(row.itertext()) for row in table] == ["1:4067 %", "5:0033 %"]


def test_a_split_shows_both_shares() -> None:
    html = charts.split(("Axis", 3), ("Allies", 1), title="supply", tones=("A", "B"))
    assert 'class="fill tA" width="75%"' in html
    assert "supply: 75 to 25 percent" in html


def test_cells_are_shaded_in_steps() -> None:
    assert [shade(v, 0, 60) for v in (0, 9, 10, 59, 60)] == ["h1", "h1", "h2", "h6", "h6"]
    assert [shade(v, 0, 0, 100) for v in (60, 80, 92, 100, 104, 106, 116, 131)] == [
        "d3",
        "d2",
        "d1",
        "",
        "",
        "u1",
        "u2",
        "u3",
    ]
    assert shade(math.nan, 0, 1) == ""
    assert step_of(5, 5, 5, 6) == 3


def test_a_matrix_names_the_empty_cell_and_marks_the_best() -> None:
    html = charts.heat("DPM", ["te_escape2"], [("a", [None]), ("b", [7]), ("c", [3])], why_empty="sat out")
    assert "sat out" in html
    assert re.findall(r'class="(h\d best)">7<', html)
    assert "te_<wbr>escape2" in html
    assert "best" not in charts.heat("DPM", ["x"], [("a", [7])])


def test_names_do_not_lie_on_each_other() -> None:
    spots = [(50.0, 100.0), (51.0, 102.0), (50.5, 101.0)]
    texts = place_names([(f"player{n}", x, y) for n, (x, y) in enumerate(spots)], spots)
    places = {(m[1], m[2]) for text in texts if (m := re.search(r'y="([\d.]+)" text-anchor="(\w+)"', text))}
    assert len(places) == len(texts)
    assert texts


@given(low=st.floats(-1e9, 1e9), high=st.floats(-1e9, 1e9))
def test_ticks_cover_the_values_with_few_round_numbers(low: float, high: float) -> None:
    low, high = min(low, high), max(low, high)
    found = ticks(low, high)
    assert 1 <= len(found) <= 15
    assert found == sorted(set(found))
    slack = 1e-6 * max(1.0, abs(low), abs(high))
    assert found[0] <= low + slack
    assert found[-1] >= high - slack


@given(value=st.floats(allow_nan=False))
def test_a_scale_never_leaves_its_range(value: float) -> None:
    assert 10 <= Scale(-5, 5, 10, 90)(value) <= 90


@pytest.mark.parametrize(
    ("value", "places", "printed"),
    [
        (None, None, "–"),
        (math.nan, None, "–"),
        (1240, None, "1,240"),
        (3.5, None, "3.5"),
        (2.0, 2, "2.00"),
        (1 / 3, None, "0.33"),
    ],
)
def test_numbers_are_short(value: float | None, places: int | None, printed: str) -> None:
    assert short(value, places) == printed
