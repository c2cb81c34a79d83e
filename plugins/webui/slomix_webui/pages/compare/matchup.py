"""`/matchup?a=…&b=…`: two players, or two line-ups, against each other."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from slomix.web.api import BadRequest
from slomix_stats.api import BadScope, Duo, Matchup, PlayerNumbers, Rival, StatsInsightV1, Who
from slomix_webui import api
from slomix_webui.pages.compare.choosing import Typed, address, ids_in, meant, offered

if TYPE_CHECKING:
    from slomix.context import PluginContext

#: Players of one side.
MOST = 8
#: Opponents of one player that are looked through for the other.
MOST_RIVALS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchupQuery:
    """What the address may say: both sides, names that are typed to add somebody, and whether nobody else may be in
    the teams."""

    a: Annotated[str, Meta(max_length=400)] = ""
    b: Annotated[str, Meta(max_length=400)] = ""
    add_a: Annotated[str, Meta(max_length=64)] = ""
    add_b: Annotated[str, Meta(max_length=64)] = ""
    exact: Annotated[str, Meta(max_length=4)] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Somebody of a side. `without` is the address without them."""

    who: Who
    without: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Duel:
    """Two players in opposite teams, from the first one's side. `other_dpm`, `other_delta_percent` are the second
    one's in the same matches. Kills are known where the end-of-round statistics tell."""

    rival: Rival
    other_dpm: float | None
    other_delta_percent: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchupView:
    """A match-up. `matchup` is None while a side is empty or somebody is unknown; `duel` and `together` are for one
    player against one."""

    a: tuple[Chosen, ...]
    b: tuple[Chosen, ...]
    a_ids: str
    b_ids: str
    exact: bool
    turned: str
    unknown: tuple[str, ...]
    matchup: Matchup | None
    duel: Duel | None
    together: Duo | None
    typed: Typed | None
    names: tuple[str, ...]


def matchup_page(ctx: PluginContext) -> api.Page:
    """The page's record."""
    return api.Page(
        path="/matchup",
        name="matchup",
        title="Head to head",
        summary="The record of two players, or of two line-ups",
        load=partial(load, ctx),
        template="webui/compare/matchup.html",
        model=MatchupView,
        params={
            "a": (str, "ids or GUIDs of one side, with commas"),
            "b": (str, "those of the other side"),
            "exact": (str, "1: only meetings with nobody else in the teams"),
            "add_a": (str, "a name: who is meant without doubt joins the first side"),
            "add_b": (str, "the same for the other side"),
        },
        tables=tables,
    )


async def load(ctx: PluginContext, asked: api.Asked) -> api.Shown | api.Moved:
    """The sides of the address; a name that means one player leads to the address with them."""
    wanted = asked.query(MatchupQuery)
    sides = {"a": ids_in(wanted.a, MOST), "b": ids_in(wanted.b, MOST)}
    exact = wanted.exact == "1"
    typed: Typed | None = None
    for side, text in (("a", wanted.add_a.strip()), ("b", wanted.add_b.strip())):
        if not text:
            continue
        found, hit = await meant(ctx, f"add_{side}", text)
        if hit is None:
            typed = typed or found
        else:
            sides[side] = (*sides[side], hit.player_id)
    if typed is None and (wanted.add_a.strip() or wanted.add_b.strip()):
        return api.Moved(address=at(sides["a"], sides["b"], exact), permanent=False)
    return await _shown(ctx, asked, sides["a"], sides["b"], exact=exact, typed=typed)


async def _shown(
    ctx: PluginContext, asked: api.Asked, a: Sequence[str], b: Sequence[str], *, exact: bool, typed: Typed | None
) -> api.Shown:
    insight: StatsInsightV1 = ctx.services.get(StatsInsightV1)  # type: ignore[type-abstract]
    try:
        first, second = await _who(insight, a), await _who(insight, b)
        unknown = (*unknown_of(a, first), *unknown_of(b, second))
        both = bool(first and second and not unknown)
        matchup = await insight.matchup(a, b, exact=exact) if both else None
        one_each = both and len(first) == len(second) == 1
        duel, together = await _pair(insight, first[0], second[0]) if one_each else (None, None)
    except BadScope as error:
        raise BadRequest(str(error)) from None
    names = [", ".join(who.name for who in side) for side in (first, second)]
    return api.Shown(
        model=MatchupView(
            a=chosen(first, second, exact=exact),
            b=tuple(
                Chosen(who=who, without=at(ids(first), [each for each in ids(second) if each != who.player_id], exact))
                for who in second
            ),
            a_ids=",".join(ids(first)),
            b_ids=",".join(ids(second)),
            exact=exact,
            turned=at(ids(second), ids(first), exact),
            unknown=unknown,
            matchup=matchup,
            duel=duel,
            together=together,
            typed=typed,
            names=await offered(ctx),
        ),
        title=asked.text("{a} against {b}", a=names[0], b=names[1]) if all(names) else asked.text("Head to head"),
        description=asked.text("What two players, or two line-ups, have won and lost against each other."),
        live="*" if both else None,
    )


async def _who(insight: StatsInsightV1, named: Sequence[str]) -> tuple[Who, ...]:
    """The players of a side, each once; unknown ones are left out."""
    if not named:
        return ()
    found: tuple[PlayerNumbers, ...] = await insight.compare(named)
    return tuple({each.who.player_id: each.who for each in found}.values())


def unknown_of(named: Sequence[str], found: Sequence[Who]) -> tuple[str, ...]:
    """What names nobody. Pure; an id that was merged into another one is known, though it is not among the found."""
    known = {text for who in found for text in (who.player_id, who.guid)}
    unsure = tuple(each for each in named if each not in known and each.upper() not in known)
    return unsure if len(found) < len(named) else ()


def ids(side: Sequence[Who]) -> list[str]:
    """The ids of a side. Pure."""
    return [who.player_id for who in side]


def at(a: Sequence[str], b: Sequence[str], exact: bool) -> str:
    """The address of a match-up. Pure."""
    return address("/matchup", a=",".join(dict.fromkeys(a)), b=",".join(dict.fromkeys(b)), exact="1" if exact else "")


def chosen(side: Sequence[Who], other: Sequence[Who], *, exact: bool) -> tuple[Chosen, ...]:
    """The players of the first side, each with the address without them. Pure."""
    return tuple(
        Chosen(who=who, without=at([each for each in ids(side) if each != who.player_id], ids(other), exact))
        for who in side
    )


async def _pair(insight: StatsInsightV1, one: Who, two: Who) -> tuple[Duel | None, Duo | None]:
    """Two players against and with each other."""
    mine, theirs, together = await asyncio.gather(
        insight.nemesis(one.player_id, limit=MOST_RIVALS),
        insight.nemesis(two.player_id, limit=MOST_RIVALS),
        insight.duo(one.player_id, two.player_id),
    )
    rival = _rival(mine.rivals if mine else (), two)
    other = _rival(theirs.rivals if theirs else (), one)
    if rival is None:
        return None, together
    duel = Duel(
        rival=rival,
        other_dpm=None if other is None else other.dpm,
        other_delta_percent=None if other is None else other.delta_percent,
    )
    return duel, together


def _rival(rivals: Sequence[Rival], who: Who) -> Rival | None:
    return next((rival for rival in rivals if rival.who.player_id == who.player_id), None)


def tables(view: MatchupView) -> Mapping[str, api.Table]:
    """Meetings and players as CSV."""
    found = view.matchup
    meetings = (
        []
        if found is None
        else [
            (m.session_id, m.at.isoformat(), m.name, m.points, m.against, m.opponent, m.result, ", ".join(m.maps))
            for m in found.meetings
        ]
    )
    players = (
        []
        if found is None
        else [(p.team, p.who.name, p.who.guid, p.matches, p.dpm, p.usual_dpm, p.delta_percent) for p in found.players]
    )
    return {
        "meetings": api.Table(
            columns=("session", "at", "a", "points_a", "points_b", "b", "result_of_a", "maps"), rows=meetings
        ),
        "players": api.Table(
            columns=("side", "player", "guid", "matches", "dpm", "usual_dpm", "against_own_percent"), rows=players
        ),
    }
