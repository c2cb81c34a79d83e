"""Names in colours: what is a code, what is text, and that every shade can be read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from slomix_webui.colours import COLOURS, colour_index, coloured, runs

CSS = (Path(__file__).parents[1] / "slomix_webui/static/webui.css").read_text()
#: Text of normal size, WCAG 2.2 AA.
LEAST_CONTRAST = 4.5


@pytest.mark.parametrize(
    ("code", "index"),
    [("0", 0), ("1", 1), ("9", 9), (":", 10), ("?", 15), ("@", 16), ("A", 17), ("a", 17), ("O", 31), ("o", 31),
     ("P", 0), ("p", 0), ("z", 10), ("/", 31), ("*", None)],
)  # fmt: skip
def test_a_code_is_its_distance_from_zero(code: str, index: int | None) -> None:
    assert colour_index(code) == index


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("plain", [(None, "plain")]),
        ("^1Re^2d", [(1, "Re"), (2, "d")]),
        ("^1^2both", [(2, "both")]),
        ("^1a^1b", [(1, "ab")]),
        ("a^^1b", [(None, "a^"), (1, "b")]),
        ("^1a^*b", [(1, "a"), (None, "b")]),
        ("end^", [(None, "end^")]),
        ("^1 ^2 x ^3 ", [(2, "x")]),
        ("^1^2^3", []),
    ],
)
def test_runs_of_a_name(raw: str, expected: list[tuple[int | None, str]]) -> None:
    assert list(runs(raw)) == expected


def test_text_is_escaped_and_nothing_but_spans_is_markup() -> None:
    assert coloured("^1<script>^7&\"'") == (
        '<span class="c1">&lt;script&gt;</span><span class="c7">&amp;&#34;&#39;</span>'
    )
    assert coloured("^<b^>c") == '<span class="c12">b</span><span class="c14">c</span>'


def test_a_name_of_codes_only_shows_the_fallback() -> None:
    assert coloured("^1^2 ", "D8423F90") == "D8423F90"
    assert coloured("^1", "<i>") == "&lt;i&gt;"


def test_every_colour_is_readable_on_every_surface() -> None:
    surfaces = [_pair(CSS, f"--{name}: ") for name in ("bg", "surface", "raised")]
    for index in range(COLOURS):
        shades = _pair(CSS, f".c{index} {{ color: ")
        for theme in (0, 1):
            for surface in surfaces:
                assert _contrast(shades[theme], surface[theme]) >= LEAST_CONTRAST, (index, theme)


@pytest.mark.parametrize("token", ["text", "quiet", "link", "team-a", "team-b", "good", "bad"])
def test_every_text_token_is_readable_on_every_surface(token: str) -> None:
    shades = _pair(CSS, f"--{token}: ")
    for name in ("bg", "surface", "raised"):
        for shade, surface in zip(shades, _pair(CSS, f"--{name}: "), strict=True):
            assert _contrast(shade, surface) >= LEAST_CONTRAST


def _pair(css: str, before: str) -> tuple[str, str]:
    found = re.search(re.escape(before) + r"light-dark\((#\w{6}), (#\w{6})\)", css)
    assert found, before
    return found[1], found[2]


def _contrast(one: str, other: str) -> float:
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
