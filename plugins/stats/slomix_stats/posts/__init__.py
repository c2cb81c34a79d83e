"""What stats tells in Discord by itself: rounds, maps, sessions, votes, milestones, memories, part of the digest."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from slomix_stats.posts import blocks, endstats, matches, memories, rounds, sessions, votes

if TYPE_CHECKING:
    from slomix.context import PluginContext
    from slomix.contrib import DigestBlock, Handler, Job, Post


def all_posts(ctx: PluginContext) -> Iterable[Post]:
    """Every message that stats keeps."""
    for kind in (rounds, endstats, matches, sessions, memories, votes):
        yield from kind.posts(ctx)


def all_handlers(ctx: PluginContext) -> Iterable[Handler]:
    """What asks for them when something happened."""
    for kind in (rounds, endstats, matches, sessions, votes):
        yield from kind.handlers(ctx)


def all_jobs(ctx: PluginContext) -> Iterable[Job]:
    """What asks for them when it is time."""
    return memories.jobs(ctx)


def digest_blocks(ctx: PluginContext) -> Iterable[DigestBlock]:
    """The part of stats in the digest."""
    return blocks.blocks(ctx)
