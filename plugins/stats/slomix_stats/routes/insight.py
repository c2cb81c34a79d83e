"""What the numbers mean, as JSON: the answers of `StatsInsightV1`, and how each number is made."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from slomix.contrib import Api
from slomix_stats.api import (
    Achievements,
    AttackDefence,
    AwardBoards,
    Bands,
    Board,
    Consistency,
    Duo,
    EndstatsCoverage,
    Fatigue,
    Form,
    HallOfFame,
    LineupChanges,
    MapAffinity,
    MapDetail,
    Maps,
    Matchup,
    MetricInfo,
    Nemesis,
    OnThisDay,
    PlayerNumbers,
    RecordBook,
    Season,
    Seasons,
    SessionAwards,
    SessionInsight,
    SessionTeams,
    StatsInsightV1,
    TeamRecord,
    Weapons,
)
from slomix_stats.routes.answers import (
    CURRENT,
    LATEST,
    Answers,
    Compared,
    Metrics,
    Milestones,
    PersonalBests,
    ReachedSteps,
    TeamNames,
)
from slomix_stats.routes.asked import LIMIT, MAP, PERIOD, SCOPE


def insight_routes(insight: Callable[[], StatsInsightV1]) -> Iterable[Api]:
    """The answers of `insight()`, which is asked for at the first request. An unknown id is 404, an unknown metric or
    a scope that there is not 400 with what is allowed."""
    api = Answers(insight)
    yield from _about_numbers(api)
    yield from _about_everybody(api)
    yield from _about_players(api)
    yield from _about_several(api)
    yield from _about_sessions(api)


def _about_numbers(api: Answers) -> Iterable[Api]:
    yield Api(path="/metrics", endpoint=api.metrics, response=Metrics, summary="Every number: formula, unit, source")
    yield Api(
        path="/metrics/{name}",
        endpoint=api.metric,
        response=MetricInfo,
        summary="One number explained, by its name or an alias",
    )
    yield Api(path="/milestones", endpoint=api.milestones, response=Milestones, summary="The steps that can be reached")


def _about_everybody(api: Answers) -> Iterable[Api]:
    yield Api(
        path="/leaderboards/{metric}",
        endpoint=api.board,
        response=Board,
        summary="Players by any metric over any scope",
        params={**SCOPE, **LIMIT, "cursor": (str, "`next` of the page before this one")},
    )
    yield Api(
        path="/form",
        endpoint=api.form,
        response=Form,
        summary="Who is above or below their own level",
        params={"metric": (str, "a rate; dpm without it")},
    )
    yield Api(
        path="/records",
        endpoint=api.records,
        response=RecordBook,
        summary="Bests of one round and of one match",
        params={**MAP, "limit": (int, "places of each record, 1 to 50")},
    )
    yield Api(
        path="/hall-of-fame",
        endpoint=api.hall,
        response=HallOfFame,
        summary="First places of every category",
        params={**SCOPE, **LIMIT},
    )
    yield Api(
        path="/awards",
        endpoint=api.award_boards,
        response=AwardBoards,
        summary="Who won which award of rounds how often; this season without a period",
        params={**PERIOD, **LIMIT},
    )
    yield Api(path="/maps", endpoint=api.maps, response=Maps, summary="Maps: how often held, how quickly taken")
    yield Api(path="/maps/{map}", endpoint=api.map, response=MapDetail, summary="One map with its fastest attacks")
    yield Api(
        path="/weapons",
        endpoint=api.weapons,
        response=Weapons,
        summary="Weapons: how much they are used and by whom best",
        params=LIMIT,
    )
    yield Api(path="/seasons", endpoint=api.seasons, response=Seasons, summary="Seasons, newest first")
    yield Api(
        path="/seasons/{id}",
        endpoint=api.season,
        response=Season,
        summary=f"One season with its leaders and awards; `{CURRENT}` for the present one",
    )
    yield Api(
        path="/on-this-day",
        endpoint=api.on_this_day,
        response=OnThisDay,
        summary="Sessions of the same day in earlier years",
        params={"day": (str, "2026-11-22; today without it")},
    )


def _about_players(api: Answers) -> Iterable[Api]:
    yield Api(
        path="/players/{id}/numbers",
        endpoint=api.numbers,
        response=PlayerNumbers,
        summary="Every number of a player, each with its sample and inputs",
        params=SCOPE,
    )
    yield Api(
        path="/players/{id}/bands",
        endpoint=api.bands,
        response=Bands,
        summary="Which share of the players one is better than",
        params=SCOPE,
    )
    yield Api(
        path="/players/{id}/consistency",
        endpoint=api.consistency,
        response=Consistency,
        summary="How evenly somebody plays; the last 30 days without a period",
        params={**PERIOD, **MAP},
    )
    yield Api(
        path="/players/{id}/maps",
        endpoint=api.affinity,
        response=MapAffinity,
        summary="A player's maps against their own level; the last 90 days without a period",
        params=PERIOD,
    )
    yield Api(
        path="/players/{id}/roles",
        endpoint=api.roles,
        response=AttackDefence,
        summary="Attack against defence; the last 90 days without a period",
        params={**PERIOD, **MAP},
    )
    yield Api(
        path="/players/{id}/fatigue",
        endpoint=api.fatigue,
        response=Fatigue,
        summary="An evening in thirds",
        params={"session": (str, "which one; the player's latest without it")},
    )
    yield Api(
        path="/players/{id}/achievements",
        endpoint=api.achievements,
        response=Achievements,
        summary="What a player reached, and the way to what is next",
    )


def _about_several(api: Answers) -> Iterable[Api]:
    yield Api(
        path="/players/{id}/rivals",
        endpoint=api.nemesis,
        response=Nemesis,
        summary="Nemesis, easiest prey and those met most often",
        params={**PERIOD, **LIMIT},
    )
    yield Api(
        path="/players/{id}/with/{other}",
        endpoint=api.duo,
        response=Duo,
        summary="Two players in one team, against each without the other",
        params=PERIOD,
    )
    yield Api(
        path="/compare",
        endpoint=api.compare,
        response=Compared,
        summary="Several players, all numbers",
        params={"players": (str, "ids or GUIDs with commas between them, at most 8"), **SCOPE},
    )
    yield Api(
        path="/matchup",
        endpoint=api.matchup,
        response=Matchup,
        summary="The record of two line-ups",
        params={
            "a": (str, "ids or GUIDs with commas between them"),
            "b": (str, "the other line-up"),
            "exact": (bool, "with nobody else in the teams"),
        },
        errors=(404,),
    )


def _about_sessions(api: Answers) -> Iterable[Api]:
    newest = f"`{LATEST}` for the one played last"
    yield Api(
        path="/sessions/{id}/insight",
        endpoint=api.session,
        response=SessionInsight,
        summary=f"An evening: every number, style, weapon and round of its players; {newest}",
    )
    yield Api(
        path="/sessions/{id}/awards",
        endpoint=api.awards,
        response=SessionAwards,
        summary=f"Awards of an evening; {newest}",
    )
    yield Api(
        path="/sessions/{id}/teams",
        endpoint=api.teams,
        response=SessionTeams,
        summary=f"Line-ups, scores and substitutions of an evening; {newest}",
    )
    yield Api(
        path="/sessions/{id}/changes",
        endpoint=api.changes,
        response=LineupChanges,
        summary=f"Who stayed, came and left since the evening before; {newest}",
        params={"previous": (str, "which one to compare with; the one before without it")},
    )
    yield Api(
        path="/sessions/{id}/bests",
        endpoint=api.bests,
        response=PersonalBests,
        summary=f"Personal bests of an evening; {newest}",
    )
    yield Api(
        path="/sessions/{id}/milestones",
        endpoint=api.reached,
        response=ReachedSteps,
        summary=f"Milestones of an evening; {newest}",
    )
    yield Api(
        path="/sessions/{id}/endstats",
        endpoint=api.endstats,
        response=EndstatsCoverage,
        summary=f"Which rounds of an evening have endstats; {newest}",
    )
    yield Api(
        path="/teams",
        endpoint=api.team_names,
        response=TeamNames,
        summary="Names of teams, those that played last first",
        params={"q": (str, "a part of the name"), **LIMIT},
    )
    yield Api(
        path="/teams/{name}",
        endpoint=api.team,
        response=TeamRecord,
        summary="What a team name has won, of all or of one opponent",
        params={"opponent": (str, "only against this name"), "days": (int, "only the last so many days")},
    )
