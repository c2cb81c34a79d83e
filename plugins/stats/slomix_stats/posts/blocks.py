"""What stats tells in the digest of a session: score and maps, the best of each team, personal bests, milestones."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from slomix.contrib import DigestBlock, DigestText

if TYPE_CHECKING:
    from slomix.context import PluginContext
    from slomix_stats.api import StatsInsightV1

_MOST_BESTS = 5


def blocks(ctx: PluginContext) -> Iterable[DigestBlock]:
    """In the order in which they are read."""

    def insight() -> StatsInsightV1:
        from slomix_stats.api import StatsInsightV1

        return ctx.services.get(StatsInsightV1)  # type: ignore[type-abstract]

    async def score(session_id: str) -> DigestText | None:
        from slomix_stats.discord.summaries import score_text

        teams = await insight().session_teams(session_id)
        text = score_text(teams) if teams else ""
        return DigestText(title="Score", text=text) if text else None

    async def best(session_id: str) -> DigestText | None:
        from slomix_stats.discord.summaries import mvp_text

        found = await insight().session_insight(session_id)
        text = mvp_text(found) if found else ""
        return DigestText(title="Most valuable", text=text) if text else None

    async def bests(session_id: str) -> DigestText | None:
        from slomix_stats.discord.summaries import bests_text

        found = [one for one in await insight().personal_bests(session_id) if one.before is not None]
        return DigestText(title="Personal bests", text=bests_text(found[:_MOST_BESTS], insight())) if found else None

    async def milestones(session_id: str) -> DigestText | None:
        from slomix_stats.discord.summaries import milestones_text

        found = await insight().reached(session_id)
        return DigestText(title="Milestones", text=milestones_text(found)) if found else None

    yield DigestBlock(name="stats.score", render=score, order=10)
    yield DigestBlock(name="stats.mvp", render=best, order=20)
    yield DigestBlock(name="stats.bests", render=bests, order=30)
    yield DigestBlock(name="stats.milestones", render=milestones, order=40)
