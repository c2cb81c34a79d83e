"""Voting for the most valuable player of a night: the same vote as in Discord, one for each person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from slomix_stats.api import StatsVotesV1, VoteError
from slomix_webui import api

if TYPE_CHECKING:
    from slomix.context import PluginContext
    from slomix.web.auth import Viewer

FIELD = "player"


def actions(ctx: PluginContext) -> Iterable[api.Action]:
    """The record."""
    yield api.Action(
        slot="session",
        key="vote",
        label="Vote for the most valuable player",
        offer=partial(offer, ctx),
        run=partial(run, ctx),
        done="Your vote counts. You can change it while the vote is open.",
        order=10,
    )


async def offer(
    ctx: PluginContext, asked: api.Asked, subject: api.Subject, viewer: Viewer
) -> Sequence[api.Field] | None:
    """The candidates, for somebody who is linked to a player, while the vote is open."""
    votes: StatsVotesV1 = ctx.services.get(StatsVotesV1)  # type: ignore[type-abstract]
    found = await votes.results(subject.id)
    if found is None or not found.open or not found.candidates or viewer.player_id is None:
        return None
    own = await votes.choice(subject.id, viewer.discord_id)
    choices = tuple(api.Choice(value=one.player_id, label=one.name or one.who.guid) for one in found.candidates)
    field = api.Field(
        name=FIELD,
        label=asked.text("Player"),
        kind="choice",
        value=own or "",
        help=asked.text("One vote per person, here or in Discord; the last one counts."),
        choices=choices,
        required=True,
    )
    return (field,)


async def run(ctx: PluginContext, acting: api.Acting) -> None:
    """Take the vote. Raises `Refused`."""
    if acting.viewer.player_id is None:
        raise api.Refused(acting.asked.text("Link yourself to a player first: who plays here may vote."))
    votes: StatsVotesV1 = ctx.services.get(StatsVotesV1)  # type: ignore[type-abstract]
    try:
        await votes.vote(acting.subject.id, acting.viewer.discord_id, acting.form.get(FIELD, ""))
    except VoteError as error:
        raise api.Refused(acting.asked.text(str(error)), field=FIELD) from None
