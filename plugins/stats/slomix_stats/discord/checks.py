"""The embeds of what is complete and what looks wrong, of weapons as they were counted, and of decisions."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from slomix_stats.api import EndstatsCoverage, SessionInsight, StoredFinding
from slomix_stats.decisions import Decided
from slomix_stats.discord.evenings import day
from slomix_stats.discord.looks import EARLY, HOLD, NEUTRAL, OBJECTIVE, link
from slomix_stats.discord.text import cell, listed, number, prose, table

SIGNS = {"fatal": "🔴", "invalid": "🟠", "warn": "🟡", "info": "⚪"}


def quality_embed(
    coverage: EndstatsCoverage, findings: Sequence[StoredFinding], public_url: str | None
) -> discord.Embed:
    """What is there of each round of a session, and what the checks found."""
    open_ones = [each for each in findings if not each.explained and each.severity != "info"]
    embed = discord.Embed(
        title=f"Data of {day(coverage.session)}", colour=EARLY if open_ones else OBJECTIVE,
        url=link(public_url, f"sessions/{coverage.session.session_id}"),
        description=f"Endstats of {coverage.covered} of {len(coverage.rounds)} rounds",
    )  # fmt: skip
    rows = [
        (f"{cell(each.map, 16)} R{each.number}", number(each.awards or None), number(each.versus or None))
        for each in coverage.rounds
    ]
    if rows:
        embed.add_field(name="Rounds", value=table(("", "awards", "duels"), rows), inline=False)
    lines = [f"{SIGNS[each.severity]} `{each.code}` {prose(each.text)}" for each in findings]
    value = listed(lines) if lines else "Nothing to remark."
    return embed.add_field(name=f"Findings ({len(lines)})", value=value, inline=False)


def weapon_sums_embed(found: SessionInsight, public_url: str | None) -> discord.Embed:
    """Every weapon of a session as it was counted, over all players."""
    sums: dict[str, list[int]] = {}
    for player in found.players:
        for weapon in player.weapons:
            mine = sums.setdefault(weapon.weapon, [0, 0, 0, 0])
            counted = (weapon.kills, weapon.hits, weapon.shots, weapon.headshot_hits)
            sums[weapon.weapon] = [one + more for one, more in zip(mine, counted, strict=True)]
    rows = [
        (cell(name, 10), *(number(each) for each in values))
        for name, values in sorted(sums.items(), key=lambda item: -item[1][0])
    ]
    embed = discord.Embed(
        title=f"Weapons of {day(found.session)}", colour=HOLD if rows else NEUTRAL,
        url=link(public_url, f"sessions/{found.session.session_id}"),
        description=table(("", "K", "hits", "shots", "HS"), rows, longest=4000) if rows else "Nobody fired.",
    )  # fmt: skip
    return embed.set_footer(text="sums over all players · HS hits to the head")


def decisions_embed(decided: Sequence[Decided], page: int) -> tuple[discord.Embed, bool]:
    """Decisions, newest first; whether more follow."""
    lines = []
    for each in decided[:10]:
        account = each.decided_by.removeprefix("discord:")
        who = prose(account) if account == each.decided_by else f"<@{account}>"
        undone = ", undone" if each.undone_at else ""
        what = ", ".join(f"{key} {prose(str(value))[:80]}" for key, value in each.value.items())
        lines.append(
            f"**{each.id}** {each.kind.replace('_', ' ')} of `{each.subject}`: {what}\n"
            f"{who} <t:{int(each.decided_at.timestamp())}:R>{undone} {prose(each.reason) if each.reason else ''}"
        )
    embed = discord.Embed(title="Decisions", colour=HOLD, description=listed(lines, 4000) or "Nobody decided anything.")
    return embed.set_footer(text=f"page {page + 1} · /stats admin undo takes one back"), len(decided) > 10
