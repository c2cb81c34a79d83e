"""Names in colours: what is a code and what is text. That every shade can be read is in test_webui_contrast.py."""

from __future__ import annotations

import pytest

from slomix_webui.colours import colour_index, coloured, runs


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
