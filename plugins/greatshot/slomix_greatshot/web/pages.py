"""`/greatshot/`, `/greatshot/demos/{id}` and `/greatshot/top`: read, then made into views."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from slomix.web.auth import login_address
from slomix_greatshot.api import DemoLine, HighlightLine
from slomix_greatshot.highlights import KINDS, TITLES
from slomix_greatshot.highlights.words import weapon
from slomix_greatshot.intake.naming import SUFFIXES
from slomix_greatshot.web import views
from slomix_greatshot.web.routes import DELETE, UPLOAD
from slomix_webui.api import Asked, Crumb, Missing, Page, ScopeBar, Shown, Table

if TYPE_CHECKING:
    from slomix_greatshot.parts import Parts
    from slomix_greatshot.render.queue import Film

PER_PAGE = 25
LISTENS = ("greatshot.DemoChanged", "greatshot.DemoScanned")
#: Of a demo that is shown whole; the rest is in its JSON.
MOST_CHAT = 5000

_MORE = """
select uploader, server, protocol, broadcast, reader, snapshots, warnings, first_ms, last_ms
from greatshot.demo where id = $1
"""
_ROUNDS = "select * from greatshot.demo_round where demo_id = $1 order by number"
_PLAYERS = """
select p.*, g.guid from greatshot.demo_player p left join slomix.player_guid g on g.key = p.key
where p.demo_id = $1 order by p.number
"""
_DEATHS = "select * from greatshot.death where demo_id = $1 order by number"
_CHAT = """
select c.time_ms, c.channel, c.words, p.name from greatshot.chat c
left join greatshot.demo_player p on p.demo_id = c.demo_id and p.number = c.player
where c.demo_id = $1 order by c.number limit $2
"""
_MOMENTS = """
select id, player, start_ms, end_ms, in_view, detail, clip_size from greatshot.highlight
where demo_id = $1 order by rank
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemosQuery:
    """What the address of the list may say."""

    before: Annotated[str, Meta(pattern="^[0-9a-f]{12}$")] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TopQuery:
    """What the address of the top shots may say beside the map."""

    kind: Annotated[str, Meta(max_length=30)] | None = None


def pages(parts: Parts) -> Iterable[Page]:
    """The three pages."""
    yield Page(
        path="/",
        name="demos",
        title="Demos",
        summary="Demos, newest first",
        load=partial(_demos, parts),
        template="greatshot/demos.html",
        model=views.DemosView,
        params={"before": (str, "`next` of the page before")},
        tables=_demos_tables,
        personal=True,
    )
    yield Page(
        path="/demos/{id}",
        name="demo",
        title="Demo",
        summary="One demo: highlights, kills, players, chat",
        load=partial(_demo, parts),
        template="greatshot/demo.html",
        model=views.DemoView,
        tables=_demo_tables,
        personal=True,
    )
    yield Page(
        path="/top",
        name="top",
        title="Top shots",
        summary="The best moments of all demos",
        load=partial(_top, parts),
        template="greatshot/top.html",
        model=views.TopView,
        scope=ScopeBar(parts=("map",)),
        params={"kind": (str, f"one of {', '.join(KINDS)}")},
        tables=lambda view: {"moments": _lines_table(view.lines)},
    )


async def _demos(parts: Parts, asked: Asked) -> Shown:
    before = asked.query(DemosQuery).before
    found = await parts.shelves.demos(limit=PER_PAGE + 1, before=before)
    view = views.DemosView(
        demos=found[:PER_PAGE],
        sending=_sending(parts, asked),
        first=before is None,
        next=found[PER_PAGE - 1].demo_id if len(found) > PER_PAGE else None,
    )
    description = asked.text("Demos of our matches, with the moments that are worth watching.")
    return Shown(model=view, title=asked.text("Demos"), description=description)


def _sending(parts: Parts, asked: Asked) -> views.Sending:
    viewer = asked.viewer
    allowed = viewer is not None and viewer.may(UPLOAD)
    login = login_address(asked.request) if viewer is None else None
    why = ""
    if viewer is None and login is None:
        why = asked.text("Nobody can log in on this site yet, so that demos come by Discord or a folder.")
    elif viewer is not None and not allowed:
        why = asked.text("You need the right {right} to send demos; an admin can grant it.", right=UPLOAD)
    return views.Sending(
        allowed=allowed,
        login=login,
        why_not=why,
        most_mib=parts.ctx.settings.most_mib,
        endings=tuple(f".{each}" for each in SUFFIXES),
    )


async def _demo(parts: Parts, asked: Asked) -> Shown | Missing:
    demo_id = str(asked.path["id"])
    demo = await parts.shelves.demo(demo_id)
    if demo is None:
        onward = Crumb(label=asked.text("All demos"), address="/greatshot/")
        return Missing(
            heading=asked.text("There is no such demo"), detail=asked.text("It may have been deleted."), onward=onward
        )
    view = await _demo_view(parts, asked, demo)
    where = demo.map or demo.name
    return Shown(
        model=view,
        title=asked.text("Demo {name}", name=demo.name),
        description=asked.text("{map}: {highlights} moments worth watching.", map=where, highlights=demo.highlights),
        crumbs=(Crumb(label=asked.text("Demos"), address="/greatshot/"), Crumb(label=where, address="")),
        listens=LISTENS,
    )


async def _demo_view(parts: Parts, asked: Asked, demo: DemoLine) -> views.DemoView:
    db, key, viewer = parts.ctx.db, demo.demo_id, asked.viewer
    more = await db.fetchrow(_MORE, key)
    assert more is not None
    first = more["first_ms"]
    players = await db.fetch(_PLAYERS, key)
    names = {row["number"]: row["name"] for row in players}
    lines = {line.highlight_id: line for line in await parts.shelves.of_demo(key)}
    films = await parts.films.of_demo(key)
    moments = await db.fetch(_MOMENTS, key)
    may_ask = viewer is not None and viewer.may(UPLOAD)
    own = viewer is not None and (viewer.may(DELETE) or viewer.discord_id == more["uploader"])
    return views.DemoView(
        demo=demo,
        server=more["server"],
        protocol=more["protocol"],
        broadcast=more["broadcast"],
        reader=more["reader"],
        snapshots=more["snapshots"],
        warnings=tuple(more["warnings"]),
        seconds=max(more["last_ms"] - first, 0) / 1000,
        rounds=[_round(row, first) for row in await db.fetch(_ROUNDS, key)],
        players=[_player(row) for row in players],
        deaths=[views.death_view(row, first) for row in await db.fetch(_DEATHS, key)],
        # a scan may have ended between two of these reads; the page is told and reads again
        moments=[
            _moment(row, lines[row["id"]], films.get(row["id"]), names, first) for row in moments if row["id"] in lines
        ],
        chat=[_chat(row, first) for row in await db.fetch(_CHAT, key, MOST_CHAT)],
        may_delete=own,
        may_ask=may_ask,
        films=parts.films.backend() is not None,
    )


def _round(row: Any, first: int) -> views.RoundView:
    whole = row["end_ms"] is not None and not row["partial"]
    return views.RoundView(
        number=row["number"],
        stopwatch=row["stopwatch"],
        begin_s=views.since(row["start_ms"], first),
        seconds=(row["end_ms"] - row["start_ms"]) / 1000 if whole else None,
        winner=views.TEAMS.get(row["winner"]),
        round_id=row["round_id"],
        confidence=row["confidence"],
        evidence=tuple(row["evidence"]),
    )


def _player(row: Any) -> views.PlayerView:
    same = ("number", "slot", "name", "name_raw", "player_id", "kills", "deaths", "headshots", "headshots_unknown",
            "team_kills", "self_kills", "revives", "hits_seen", "head_hits_seen")  # fmt: skip
    return views.PlayerView(
        **{name: row[name] for name in same},
        guid=row["guid"] or "",
        side=views.TEAMS.get(row["team"], ""),
        bot=bool(row["bot"]),
        damage=row["damage_given"],
    )


def _moment(row: Any, line: HighlightLine, film: Film | None, names: Mapping[int, str], first: int) -> views.MomentView:
    detail = row["detail"]
    steps = [
        views.StepView(
            at_s=views.since(step["time_ms"], first),
            who=names.get(step["player"], ""),
            weapon=weapon(step["weapon"]),
            headshot=step["headshot"],
            after_s=step["gap_ms"] / 1000,
        )
        for step in detail["steps"]
    ]
    return views.MomentView(
        line=line,
        begin_s=views.since(row["start_ms"], first),
        end_s=views.since(row["end_ms"], first),
        number=row["player"],
        in_view=row["in_view"],
        steps=steps,
        fastest_s=_seconds(detail["fastest_gap_ms"]),
        average_s=_seconds(detail["average_gap_ms"]),
        own=detail["own"],
        clip_bytes=row["clip_size"],
        film=film.state if film else None,
        film_id=film.render_id if film else None,
        film_error=film.error if film else None,
    )


def _seconds(milliseconds: int | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000


def _chat(row: Any, first: int) -> views.ChatView:
    return views.ChatView(
        at_s=views.since(row["time_ms"], first), who=row["name"] or "", channel=row["channel"], words=row["words"]
    )


async def _top(parts: Parts, asked: Asked) -> Shown:
    kind = asked.query(TopQuery).kind
    kind = kind if kind in TITLES else None
    lines = await parts.shelves.top(kind=kind, map_name=asked.scope.map)
    view = views.TopView(
        lines=lines,
        kind=kind,
        map=asked.scope.map,
        kinds=[(each, TITLES[each]) for each in KINDS],
        maps=await parts.shelves.maps(),
    )
    title = asked.text("Top shots: {kind}", kind=asked.text(TITLES[kind])) if kind else asked.text("Top shots")
    description = asked.text("The best moments of all demos.")
    return Shown(model=view, title=title, description=description, listens=LISTENS[1:])


def _demos_tables(view: views.DemosView) -> Mapping[str, Table]:
    columns = (
        "demo_id",
        "name",
        "state",
        "map",
        "recorded_at",
        "uploaded_at",
        "seconds",
        "players",
        "kills",
        "highlights",
    )
    rows = [
        (each.demo_id, each.name, each.state, each.map, _iso(each.recorded_at), _iso(each.uploaded_at), each.seconds,
         each.players, each.kills, each.highlights)
        for each in view.demos
    ]  # fmt: skip
    return {"demos": Table(columns=columns, rows=rows)}


def _demo_tables(view: views.DemoView) -> Mapping[str, Table]:
    names = {each.number: each.name for each in view.players}
    deaths = [
        (each.at_s, names.get(each.attacker) if each.attacker is not None else None,
         names.get(each.victim) if each.victim is not None else None, each.weapon, each.kind, each.headshot)
        for each in view.deaths
    ]  # fmt: skip
    players = [(each.name, each.side, each.kills, each.deaths, each.headshots, each.revives) for each in view.players]
    return {
        "moments": _lines_table([each.line for each in view.moments]),
        "players": Table(columns=("player", "side", "kills", "deaths", "headshots", "revives"), rows=players),
        "deaths": Table(columns=("at_s", "attacker", "victim", "weapon", "kind", "headshot"), rows=deaths),
    }


def _lines_table(lines: Sequence[HighlightLine]) -> Table:
    columns = ("highlight_id", "demo_id", "kind", "player", "map", "clock_s", "seconds", "kills", "headshots", "score",
               "explanation")  # fmt: skip
    rows = [
        (each.highlight_id, each.demo_id, each.kind, each.player, each.map, each.clock_s, each.seconds, each.kills,
         each.headshots, each.score, each.explanation)
        for each in lines
    ]  # fmt: skip
    return Table(columns=columns, rows=rows)


def _iso(moment: Any) -> str | None:
    return None if moment is None else moment.isoformat()
