"""A night as one row of a list."""

from __future__ import annotations

from urllib.parse import quote

from slomix_stats.api import SessionLine
from slomix_webui import formats
from slomix_webui.parts import NightRow
from slomix_webui.wording import say


def night_row(line: SessionLine) -> NightRow:
    """The night with its score; where teams were dealt anew, with the score of each pair in turn."""
    only = line.scores[0] if len(line.scores) == 1 else None
    several = ", ".join(f"{score.points_a}:{score.points_b}" for score in line.scores)
    return NightRow(
        label=formats.day(line.started_at),
        href=f"/sessions/{quote(line.session_id)}",
        maps=formats.maps(line.maps),
        sample=say("{rounds} rounds, {players} players", rounds=line.rounds, players=line.players),
        a=only.points_a if only else None,
        b=only.points_b if only else None,
        why_no_score=several or say("no score"),
    )
