"""The style guide shows every piece, and pieces are honest markup: names for everything, no inline style, escaped."""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import ChoiceLoader, DictLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from markupsafe import Markup

import slomix_webui
from slomix_webui import badges, charts, guide, strips, ui
from slomix_webui.frame.filters import FILTERS
from slomix_webui.icons import GLYPHS, icon, sprite
from slomix_webui.stopwatch import Half
from slomix_webui.styles import stylesheet

FOLDER = Path(slomix_webui.__file__).parent
LAYOUT = (
    "{{ ui.sprite() }}<main>{% block main %}{% endblock %}</main>{{ ui.bottom_bar(entries, more_entries, 'live') }}"
)
HOSTILE = "<img src=x onerror=alert(1)>\"'"
#: Parts of the frame, which the layout shows; and what stands inside of other pieces.
ELSEWHERE = {"brand", "find", "footer", "main_menu", "user_menu", "sprite", "status", "dialog", "palette", "hits",
             "result", "line_up", "halves", "strip",
             "crumbs", "facts", "head", "feed_line", "section_head", "avatar", "name",
             "explain", "at", "term", "check", "cells", "player", "bottom_bar", "meter"}  # fmt: skip


@cache
def environment() -> Environment:
    made = Environment(
        loader=ChoiceLoader(
            [PrefixLoader({"webui": FileSystemLoader(FOLDER / "templates")}), DictLoader({"layout": LAYOUT})]
        ),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(FILTERS)
    ui.install(made, "webui/")
    return made


@cache
def page() -> str:
    return environment().get_template("webui/style.html").render(layout="layout", **guide.values())


def rendered(source: str, **values: object) -> str:
    return environment().from_string(source).render(**values)


class Elements(HTMLParser):
    """All start tags with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {key: value or "" for key, value in attrs}))


def test_the_guide_shows_every_macro_and_every_chart() -> None:
    source = (FOLDER / "templates" / "style.html").read_text()
    shown = set(re.findall(r"(?:ui|chart)\.(\w+)", source))
    namespace = vars(environment().globals["ui"])
    assert set(namespace) - ELSEWHERE - shown == set()
    makers = {name for name in charts.__all__ if name.islower()}
    assert makers <= shown


def test_the_document_of_the_design_names_every_piece() -> None:
    text = (FOLDER.parents[2] / "docs/dashboard/design.md").read_text()
    for name in {*vars(environment().globals["ui"])} - {"line_up", "head"}:
        assert f"ui.{name}" in text, name
    for name in charts.__all__:
        assert (f"chart.{name}" if name.islower() else name) in text, name


def test_one_h1_and_no_id_twice() -> None:
    elements = Elements(page()).found
    assert [tag for tag, _ in elements].count("h1") == 1
    ids = [attrs["id"] for _, attrs in elements if "id" in attrs]
    assert len(ids) == len(set(ids)), [each for each in ids if ids.count(each) > 1]


def test_no_inline_style_and_no_handler() -> None:
    for tag, attrs in Elements(page()).found:
        assert "style" not in attrs, (tag, attrs)
        assert not [key for key in attrs if key.startswith("on")], (tag, attrs)


def test_labels_and_descriptions_point_to_something() -> None:
    elements = Elements(page()).found
    ids = {attrs["id"] for _, attrs in elements if "id" in attrs}
    for tag, attrs in elements:
        for key in ("for", "aria-labelledby", "aria-describedby"):
            for target in attrs.get(key, "").split():
                assert target in ids, (tag, key, target)
        if tag == "use":
            assert attrs["href"].removeprefix("#") in ids, attrs


def test_regions_that_scroll_have_a_name_and_the_keyboard() -> None:
    regions = [attrs for _, attrs in Elements(page()).found if "scroll" in attrs.get("class", "").split()]
    assert len(regions) > 8
    for attrs in regions:
        assert attrs.get("tabindex") == "0"
        assert attrs.get("role") == "group"
        assert attrs.get("aria-label")


def test_every_class_of_the_macros_has_a_style() -> None:
    css = stylesheet()
    unstyled = {"text", "wrap", "dash-1"}
    used = {name for _, attrs in Elements(page()).found for name in attrs.get("class", "").split()}
    styled = set(re.findall(r"\.([A-Za-z][\w-]*)", css))
    silent = {"user", "body", "told", "figure", "when", "night", "label", "title", "sample", "result", "path", "value"}
    assert used - styled - unstyled - silent == set()


def test_words_of_others_are_text() -> None:
    pieces = (
        '{{ ui.page_head(x, trail=[(x, "#")], told=[x], lede=x) }}',
        '{{ ui.tile(x, x, x, note=x, explain="#", meaning=x) }}',
        "{{ ui.empty(x, x, action=(x, x)) }}",
        "{{ ui.field(x, x, x, help=x, error=x) }}",
        "{{ ui.select(x, x, [(x, x)]) }}",
        "{{ ui.kv([(x, x)]) }}{{ ui.ranks([(x, x)]) }}{{ ui.notice(x) }}{{ ui.unavailable(x, x) }}",
        "{{ ui.avatar(x) }}{{ ui.tag(x) }}{{ ui.explain(x, x) }}{{ ui.quality('partial', x) }}{{ ui.name(x) }}",
        "{{ ui.score(1, 2, x, x) }}{{ ui.verdict(x, x) }}",
        "{% call ui.table(x, []) %}<tr><td>1</td></tr>{% endcall %}{% call ui.fold(x) %}{% endcall %}",
    )
    for piece in pieces:
        html = rendered(piece, x=HOSTILE)
        assert "<img" not in html, piece
        assert not [1 for _, attrs in Elements(html).found if "onerror" in attrs], piece


def test_texts_come_in_the_language_of_the_page() -> None:
    made = environment().overlay()
    made.globals = {**environment().globals, "_": lambda message, **values: f"«{message.format(**values)}»"}
    ui.install(made, "webui/")
    html = made.from_string('{{ ui.role("attack") }}{{ ui.band(50) }}{{ chart.ring(none, "x") }}').render()
    assert "«Attack»" in html
    assert "«like most»" in html
    assert "«x: not enough yet»" in html
    assert badges.role("attack").striptags() == "Attack"


def test_two_macros_of_one_name_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "ui").mkdir()
    for name in ui.MACROS:
        (tmp_path / "ui" / f"{name}.html").write_text("{% macro twice() %}{% endmacro %}")
    with pytest.raises(ValueError, match=r"ui\.twice"):
        ui.install(Environment(loader=FileSystemLoader(tmp_path), autoescape=True))


def test_a_strip_is_full_hatched_or_bare() -> None:
    def half(**changed: object) -> Half:
        plain = {"round_id": "r", "number": 1, "letter": "A", "attackers": "A", "verdict": "", "done": True}
        return Half(**{**plain, "length": 40.0, "mark": None, **changed})  # type: ignore[arg-type]

    assert 'class="run" width="40.0%"' in strips.strip(half())
    assert 'fill="url(#held-A)"' in strips.strip(half(done=False))
    assert 'fill="url(#held-N)"' in strips.strip(half(done=False, letter=None))
    assert "run" not in strips.strip(half(length=None))
    assert strips.strip(half(mark=0.0)).count('class="beat" x="0.0%"') == 1
    assert strips.strip(half(), 240).count('class="tick"') == 3


@pytest.mark.parametrize(
    ("limit", "count"), [(None, 0), (0, 0), (-5, 0), (59, 0), (60, 0), (61, 1), (600, 9), (1e9, 0)]
)
def test_ticks_are_whole_minutes(limit: float | None, count: int) -> None:
    found = strips.minutes(limit)
    assert len(found) == count
    assert all(0 < each < 100 for each in found)


@pytest.mark.parametrize(
    ("percentile", "words", "marks"),
    [
        (0, "well below most", 1),
        (10, "below most", 2),
        (50, "like most", 3),
        (89.9, "above most", 4),
        (100, "among the best", 5),
    ],
)
def test_a_band_says_where_one_stands(percentile: float, words: str, marks: int) -> None:
    html = badges.band(percentile, 31)
    assert words in html
    assert html.count('class="on"') == marks
    assert "of 31 players" in html


def test_unknown_values_are_said_not_drawn() -> None:
    assert "too few to compare" in badges.band(None)
    assert "too few to compare" in badges.band(float("nan"))
    assert "–" in badges.change(None)
    assert "± 0 %" in badges.change(0.3)
    assert badges.change(-12.3).striptags() == "▼ −12 %"
    assert badges.side(None).striptags() == "–"


@pytest.mark.parametrize(
    ("name", "letters"),
    [("^1Re^7d fox", "RF"), ("[x]", "X"), ("volt_meter", "VM"), ("^1^2", "?"), ("", "?"), ("éa", "ÉA"), ("<b>", "B")],
)  # fmt: skip
def test_initials(name: str, letters: str) -> None:
    assert badges.initials(name) == letters


def test_icons_are_shapes_without_words() -> None:
    assert set(re.findall(r'id="i-(\w+)"', sprite())) == set(GLYPHS)
    assert isinstance(icon("home"), Markup)
    with pytest.raises(KeyError, match="there is no icon 'nope'"):
        icon("nope")
