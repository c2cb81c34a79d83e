"""A small demo with a multikill, and people who send it."""

from __future__ import annotations

from pathlib import Path

import pytest

from slomix_greatshot.simulate.staged import Deed, stage

PLAYERS = [(f"^{slot}frag^7ger{slot}", 1 + slot % 2, slot % 5) for slot in range(8)]
DEEDS = [
    Deed(5.0, "kill", 0, 1, "thompson"),
    Deed(6.5, "kill", 0, 3, "thompson", headshot=True),
    Deed(8.0, "kill", 0, 5, "thompson", headshot=True),
    Deed(11.0, "kill", 1, 2, "mp40"),
]


@pytest.fixture(scope="session")
def small_demo(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """20 seconds of a round on supply, in which player 0 kills three."""
    file: Path = tmp_path_factory.mktemp("small") / "small.dm_84"
    stage(
        file,
        PLAYERS,
        DEEDS,
        map_name="supply",
        seconds=20.0,
        winner=1,
        frame_ms=250,
        chat=[(0, "hello <b>there</b>"), (3, "nice one fragger0")],
    )
    return file.read_bytes()
