"""The message of a vote and its buttons. A button lives in its id, so it works after a restart too."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import discord

from slomix.bot.answers import answering
from slomix.contrib import PostContent
from slomix_stats.api import Candidate, VoteError
from slomix_stats.community.votes import Votes
from slomix_stats.discord.looks import NEUTRAL, OBJECTIVE
from slomix_stats.discord.text import bar, cell, prose

_LABEL = 24


class VoteButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"stats:mvp:(?P<session>s[0-9a-f]+):(?P<player>\S+)"
):
    """A vote for one player of one session."""

    def __init__(self, session_id: str, player_id: str, label: str = "") -> None:
        custom_id = f"stats:mvp:{session_id}:{player_id}"
        super().__init__(discord.ui.Button(label=label, style=discord.ButtonStyle.secondary, custom_id=custom_id))
        self._session_id, self._player_id = session_id, player_id

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> VoteButton:
        """Made anew when somebody presses it."""
        return cls(match["session"], match["player"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Take the vote, and say so to whoever pressed."""
        votes: Votes = interaction.client.get_cog("stats").desk.votes
        async with answering(interaction) as answer:
            try:
                await votes.vote(self._session_id, interaction.user.id, self._player_id)
            except VoteError as error:
                await answer.send(discord.Embed(description=str(error), colour=NEUTRAL), ephemeral=True)
                return
            said = discord.Embed(description="Your vote counts. Press another name to change it.", colour=OBJECTIVE)
            await answer.send(said, ephemeral=True)


def ballot(session_id: str, candidates: Sequence[Candidate], *, open_: bool) -> PostContent:
    """Who leads, and a button for each candidate while the vote is open."""
    total = sum(candidate.votes for candidate in candidates)
    ranked = sorted((one for one in candidates if one.votes), key=lambda one: (-one.votes, one.name))
    lines = [f"`{bar(100 * one.votes / total, 8)}` {one.votes} · {prose(one.name)}" for one in ranked]
    embed = discord.Embed(
        title="Who was the most valuable player?" if open_ else "The vote is over",
        description="\n".join(lines) or "Nobody has voted yet.",
        colour=OBJECTIVE if open_ else NEUTRAL,
    )
    view = None
    if open_:
        view = discord.ui.View(timeout=None)
        for candidate in candidates:
            view.add_item(VoteButton(session_id, candidate.player_id, cell(candidate.name, _LABEL)))
    return PostContent(embed=embed, view=view)
