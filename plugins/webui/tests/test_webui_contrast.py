"""Every text on every surface in every theme can be read (WCAG 2.2 AA), colours of names and line-ups included."""

from __future__ import annotations

import gzip
import re
from itertools import combinations

import pytest

from slomix_webui.colours import COLOURS
from slomix_webui.styles import BUNDLE, FOLDER, stylesheet

CSS = stylesheet()
#: Text of normal size; and what is no text but has to be seen.
TEXT, SEEN = 4.5, 3.0
#: On the wire, of the 15 kB that `web.md` allows.
MOST_BYTES = 15_000
MOST_LINES = 400
THEMES = ("light", "dark", "contrast on white", "contrast on black")
SURFACES = ("bg", "surface", "raised")
TEXTS = ("text", "quiet", "link", "accent", "team-a", "team-b", "good", "bad")
SERIES = tuple(f"s{number}" for number in range(1, 7))
SHADES = (*(f"heat-{n}" for n in range(1, 7)), *(f"{way}-{n}" for way in ("up", "down") for n in range(1, 4)))

Colour = tuple[float, float, float]


def _pairs(css: str) -> dict[str, tuple[str, str]]:
    return {
        name: (light, dark) for name, light, dark in re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\);", css)
    }


def _blocks() -> tuple[str, str, str]:
    """The declarations of the plain themes, of the chosen high contrast, and of the system's wish for it."""
    plain = (FOLDER / "tokens.css").read_text()
    themes = (FOLDER / "themes.css").read_text()
    chosen, wished = themes.split("prefers-contrast: more")
    return plain, chosen, wished


PLAIN, CHOSEN, WISHED = (_pairs(block) for block in _blocks())
TOKENS = {
    "light": {name: pair[0] for name, pair in PLAIN.items()},
    "dark": {name: pair[1] for name, pair in PLAIN.items()},
    "contrast on white": {name: pair[0] for name, pair in (PLAIN | CHOSEN).items()},
    "contrast on black": {name: pair[1] for name, pair in (PLAIN | CHOSEN).items()},
}
NAMES = {
    int(number): (light, dark)
    for number, light, dark in re.findall(r"\.c(\d+) \{\s*color: light-dark\((#\w{6}), (#\w{6})\)", CSS)
}


def _rgb(colour: str) -> Colour:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _linear(colour: Colour) -> Colour:
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour)
    return red, green, blue


def _light(colour: Colour) -> float:
    red, green, blue = colour
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, bright = sorted(_light(_linear(_rgb(each))) for each in (one, other))
    return (bright + 0.05) / (dark + 0.05)


def test_the_ratio_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("token", TEXTS)
def test_texts_on_all_surfaces(theme: str, token: str) -> None:
    for surface in SURFACES:
        assert contrast(TOKENS[theme][token], TOKENS[theme][surface]) >= TEXT, surface


@pytest.mark.parametrize("theme", THEMES)
def test_texts_on_filled_badges_and_buttons(theme: str) -> None:
    tokens = TOKENS[theme]
    assert contrast(tokens["on-team"], tokens["team-a"]) >= TEXT
    assert contrast(tokens["on-team"], tokens["team-b"]) >= TEXT
    assert contrast(tokens["on-accent"], tokens["accent"]) >= TEXT
    assert contrast(tokens["text"], tokens["track"]) >= TEXT
    assert contrast(tokens["bg"], tokens["text"]) >= TEXT


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("shade", SHADES)
def test_numbers_on_shaded_cells(theme: str, shade: str) -> None:
    assert contrast(TOKENS[theme]["text"], TOKENS[theme][shade]) >= TEXT


@pytest.mark.parametrize("theme", THEMES)
def test_edges_of_controls_and_lines_of_charts_are_seen(theme: str) -> None:
    for token in ("control", "accent", *SERIES):
        for surface in SURFACES:
            assert contrast(TOKENS[theme][token], TOKENS[theme][surface]) >= SEEN, (token, surface)


@pytest.mark.parametrize("theme", THEMES)
def test_bars_are_seen_beside_their_track(theme: str) -> None:
    for token in ("accent", "team-a", "team-b", "s3", "s4"):
        assert contrast(TOKENS[theme][token], TOKENS[theme]["track"]) >= SEEN, token


@pytest.mark.parametrize("theme", THEMES)
def test_all_colours_of_names(theme: str) -> None:
    assert sorted(NAMES) == list(range(COLOURS))
    dark = theme in {"dark", "contrast on black"}
    for index, shades in NAMES.items():
        for surface in SURFACES:
            assert contrast(shades[dark], TOKENS[theme][surface]) >= TEXT, (index, surface)


@pytest.mark.parametrize("theme", THEMES[2:])
def test_high_contrast_is_higher(theme: str) -> None:
    """Seven to one, the AAA level, for texts on the page itself."""
    for token in TEXTS:
        assert contrast(TOKENS[theme][token], TOKENS[theme]["bg"]) >= 7, token


def test_the_system_and_the_reader_mean_the_same_high_contrast() -> None:
    assert CHOSEN == WISHED
    assert set(CHOSEN) == set(PLAIN)


#: What people with one kind of cone missing see, on linear light (Viénot, Brettel and Mollon 1999; Brettel 1997).
SIGHT: dict[str, tuple[Colour, Colour, Colour]] = {
    "protan": ((0.11238, 0.88762, 0.0), (0.11238, 0.88762, 0.0), (0.00401, -0.00401, 1.0)),
    "deutan": ((0.29275, 0.70725, 0.0), (0.29275, 0.70725, 0.0), (-0.02234, 0.02234, 1.0)),
    "tritan": ((1.01277, 0.13548, -0.14826), (-0.01243, 0.86812, 0.14431), (0.07589, 0.805, 0.11911)),
}


def _seen(colour: str, sight: str) -> Colour:
    linear = _linear(_rgb(colour))
    red, green, blue = (sum(w * c for w, c in zip(row, linear, strict=True)) for row in SIGHT[sight])
    return red, green, blue


def _lab(colour: Colour) -> Colour:
    red, green, blue = (max(0.0, part) for part in colour)
    long = (0.4122 * red + 0.5363 * green + 0.0514 * blue) ** (1 / 3)
    middle = (0.2119 * red + 0.6807 * green + 0.1074 * blue) ** (1 / 3)
    short = (0.0883 * red + 0.2817 * green + 0.6299 * blue) ** (1 / 3)
    return (
        0.2105 * long + 0.7936 * middle - 0.0041 * short,
        1.978 * long - 2.4286 * middle + 0.4506 * short,
        0.0259 * long + 0.7828 * middle - 0.8087 * short,
    )


def _apart(one: str, other: str, sight: str) -> float:
    a, b = _lab(_seen(one, sight)), _lab(_seen(other, sight))
    return sum((x - y) ** 2 for x, y in zip(a, b, strict=True)) ** 0.5


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("theme", THEMES)
def test_line_ups_differ_for_colour_blind_people(theme: str, sight: str) -> None:
    """Distance in Oklab; 0.1 is plain to see. Letter and shape differ besides."""
    assert _apart(TOKENS[theme]["team-a"], TOKENS[theme]["team-b"], sight) >= 0.1


def test_each_series_has_its_own_dash_and_point() -> None:
    dashes = re.findall(r"\.dash-(\d) \{\s*stroke-dasharray: ([^;]+);", CSS)
    assert [number for number, _ in dashes] == ["2", "3", "4", "5", "6"]
    assert all(one[1] != other[1] for one, other in combinations(dashes, 2))


def test_the_sheet_is_light_and_its_files_are_short() -> None:
    assert len(gzip.compress(CSS.encode(), 9)) < MOST_BYTES
    assert sorted(BUNDLE) == sorted(file.name for file in FOLDER.glob("*.css"))
    for name in BUNDLE:
        assert len((FOLDER / name).read_text().splitlines()) < MOST_LINES, name


def test_the_sheet_reaches_for_nothing() -> None:
    assert "url(" not in CSS
    assert "@import" not in CSS
    assert CSS.count("{") == CSS.count("}")


def test_every_token_that_is_used_is_there() -> None:
    used = set(re.findall(r"var\(--([\w-]+)[),]", CSS))
    defined = set(re.findall(r"--([\w-]+):", CSS))
    assert used <= defined, used - defined
    assert defined - used <= {f"x{n}" for n in range(1, 7)}, defined - used
