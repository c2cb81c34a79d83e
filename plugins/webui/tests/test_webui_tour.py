"""The tools that walk through pages: pictures, and axe at every width, in every theme, as every kind of reader."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from slomix_webui.testing.matrix import Report
from slomix_webui.testing.screenshots import take
from slomix_webui.testing.tour import Wish, tour

pytestmark = pytest.mark.browser


def wish(*pages: str) -> Wish:
    return Wish(
        pages=pages,
        widths=(390, 1366),
        looks=("contrast",),
        readers=("nobody", "admin"),
        plugins=("stats", "webui"),
        rounds=0,
    )


async def test_pictures_are_taken_of_pages_by_name_and_by_address(tmp_path: Path) -> None:
    assert await take(wish("leaderboard", "/players?q=a"), tmp_path, whole=False) == 8
    names = {path.name for path in tmp_path.iterdir()}
    assert {"leaderboard-390-contrast.png", "players_q_a-1366-contrast-admin.png"} <= names
    assert len(names) == 8
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in tmp_path.iterdir())


async def test_axe_sees_every_width_theme_and_reader() -> None:
    asked, report = wish("/leaderboards"), Report()
    assert await tour(asked, lambda stop, view: report.look(asked, stop, view)) == 2
    assert report.runs == 4
    assert dict(report.troubles) == {}
    assert list(report.costs) == ["/leaderboards"]


async def test_an_unknown_page_is_told() -> None:
    async def never(*_: object) -> None:
        raise AssertionError

    with pytest.raises(click.UsageError, match=r"no page nowhere; there are: .*leaderboard"):
        await tour(wish("nowhere"), never)
