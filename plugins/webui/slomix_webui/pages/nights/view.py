"""The view model of a night: the verdict first, then the evidence. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from slomix_stats.api import (
    Award,
    Letter,
    MatchLine,
    MetricInfo,
    PlayerLine,
    Reached,
    SessionDetail,
    SessionForm,
    SessionGrid,
    SessionLine,
    SessionsAround,
    SessionSummary,
    StoredFinding,
    Who,
)
from slomix_webui.pages.columns import ExtraColumn
from slomix_webui.pages.nights.verdict import Duel, Sentence, Text, call, counted, duels_of, form_words, story
from slomix_webui.stopwatch import Play, tell

#: Metrics that the matrix can show, in the order of its switch.
HEAT = ("dpm", "kd", "kills", "deaths", "accuracy", "headshot_accuracy", "revives", "useful_kill_rate", "alive_percent")
#: What the players can be sorted by: the field of a line, its label and meaning.
SORTS = {
    "dpm": ("DPM", "Damage given per minute played"),
    "kd": ("K/D", "Kills per death"),
    "kills": ("Kills", "Enemies killed"),
    "deaths": ("Deaths", "Deaths by enemies"),
    "damage_given": ("Dmg +", "Damage given to enemies"),
    "damage_received": ("Dmg −", "Damage received from enemies"),
    "accuracy": ("Acc %", "Bullets that hit, of all fired"),
    "headshot_accuracy": ("HS %", "Hits to the head, of all bullet hits"),
    "gibs": ("Gibs", "Bodies of enemies destroyed"),
    "revives_given": ("Rev", "Team mates revived"),
    "rounds": ("Rds", "Rounds played that count"),
    "time_played_s": ("Time", "Time played, minutes and seconds"),
}
#: Findings that are printed; the rest is counted.
MOST_FINDINGS = 30
WHY_NOT = {
    "bots": "bots played",
    "filler_map": "a map that fills time",
    "too_short": "over after a few seconds",
    "orphan_r2": "round 1 is missing",
    "aborted": "aborted",
    "cancelled": "started again by the same people",
    "unfinished": "not played to its end",
    "manual": "decided by hand",
}
Quality = Literal["complete", "partial", "estimated", "missing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """A map of the night to go to; points of the teams where they are known. `label` tells two plays of it apart."""

    match_id: str
    map: str
    label: str
    a: int | None
    b: int | None


def chips_of(matches: Sequence[MatchLine]) -> tuple[Chip, ...]:
    """The maps of a night: `supply`, and `supply (2)` for the second time."""
    seen: Counter[str] = Counter()
    found = []
    for match in matches:
        seen[match.map] += 1
        label = match.map if seen[match.map] == 1 else f"{match.map} ({seen[match.map]})"
        found.append(Chip(match_id=match.match_id, map=match.map, label=label, a=match.points_a, b=match.points_b))
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerRow:
    """A player of the night: numbers over the rounds that count, team, damage per minute in percent of the best."""

    player: PlayerLine
    letter: Letter | None
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FormRow:
    """A player against their own level, and that in words."""

    form: SessionForm
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatRow:
    """A player's values of one metric: `values` by map in the order of play, the whole night, and each role."""

    who: Who
    letter: Letter | None
    values: tuple[float | None, ...]
    whole: float | None
    attack: float | None
    defence: float | None
    change: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heat:
    """The matrix of players and maps by one metric. `unit` stands behind its numbers."""

    metric: MetricInfo
    choices: tuple[MetricInfo, ...]
    rows: tuple[HeatRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A round that counts for nothing, and why."""

    round_id: str
    map: str
    number: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """What the numbers are made of: rounds that count and those that do not, and what checks noticed."""

    level: Quality
    why: str
    rounds: int
    counted: int
    left_out: tuple[LeftOut, ...]
    findings: tuple[StoredFinding, ...]
    more_findings: int
    unexplained: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NightView:
    """Everything the page of a night shows. `duels` are the pairs of teams that scored."""

    session: SessionLine
    running: bool
    verdict: str
    counted: str
    story: tuple[Sentence, ...]
    duels: tuple[Duel, ...]
    plays: tuple[Play, ...]
    chips: tuple[Chip, ...]
    heat: Heat | None
    players: tuple[PlayerRow, ...]
    form: tuple[FormRow, ...]
    sorts: tuple[tuple[str, str, str], ...]
    sort: str
    ascending: bool
    awards: tuple[Award, ...]
    reached: tuple[Reached, ...]
    data: Data
    older: SessionLine | None
    newer: SessionLine | None
    columns: tuple[ExtraColumn, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What was read for a night."""

    detail: SessionDetail
    summary: SessionSummary | None
    grid: SessionGrid | None
    choices: tuple[MetricInfo, ...]
    findings: tuple[StoredFinding, ...]
    around: SessionsAround


def night_view(read: Read, text: Text, *, running: bool, sort: str = "dpm", ascending: bool = False) -> NightView:
    """The night as a page."""
    detail = read.detail
    called = {line.player_id: _who(line) for line in detail.players}
    summary = None if read.summary is None else _as_called(read.summary, called)
    duels = duels_of(detail, summary.mvps if summary else ())
    form = summary.form if summary else ()
    return NightView(
        session=detail.session,
        running=running,
        verdict=call(duels, detail.matches, text),
        counted=counted(duels, detail.matches, text),
        story=story(duels, detail.matches, form, text),
        duels=duels,
        plays=tuple(tell(match, match.attackers_r1) for match in detail.matches),
        chips=chips_of(detail.matches),
        heat=None if read.grid is None or not read.grid.rows else _heat(read, read.grid, called),
        players=_players(detail, sort, ascending=ascending),
        form=tuple(FormRow(form=line, words=form_words(line.delta_percent, text)) for line in form),
        sorts=tuple((key, text(label), text(meaning)) for key, (label, meaning) in SORTS.items()),
        sort=sort,
        ascending=ascending,
        awards=summary.fun if summary else (),
        reached=summary.reached if summary else (),
        data=data_of(detail.matches, detail.session.rounds, read.findings, text),
        older=read.around.older,
        newer=read.around.newer,
    )


def _players(detail: SessionDetail, sort: str, *, ascending: bool) -> tuple[PlayerRow, ...]:
    letters = detail.letters
    best = max((player.dpm for player in detail.players), default=0)
    rows = [
        PlayerRow(
            player=player,
            letter=letters.get(player.player_id),
            share=round(100 * player.dpm / best, 1) if best else 0,
        )
        for player in detail.players
    ]
    return tuple(sorted(rows, key=lambda row: _place(row.player, sort, ascending=ascending)))


def _place(player: PlayerLine, sort: str, *, ascending: bool) -> tuple[bool, float]:
    """Unknown values are last either way."""
    value: float | None = getattr(player, sort)
    return value is None, (1 if ascending else -1) * (value or 0)


def _who(line: PlayerLine) -> Who:
    return Who(player_id=line.player_id, guid=line.guid, name=line.name, name_raw=line.name_raw)


def _as_called(summary: SessionSummary, called: Mapping[str, Who]) -> SessionSummary:
    """With the names that people had this night: a page calls everybody by one name."""
    return replace(
        summary,
        mvps=tuple(replace(each, who=called.get(each.who.player_id, each.who)) for each in summary.mvps),
        form=tuple(replace(each, who=called.get(each.who.player_id, each.who)) for each in summary.form),
        fun=tuple(replace(each, who=called.get(each.who.player_id, each.who)) for each in summary.fun),
        reached=tuple(replace(each, who=called.get(each.who.player_id, each.who)) for each in summary.reached),
    )


def _heat(read: Read, grid: SessionGrid, called: Mapping[str, Who]) -> Heat:
    detail = read.detail
    letters = detail.letters
    rows = []
    for row in grid.rows:
        attack = None if row.attack is None else row.attack.value
        defence = None if row.defence is None else row.defence.value
        both = attack is not None and defence is not None and defence > 0
        rows.append(
            HeatRow(
                who=called.get(row.who.player_id, row.who),
                letter=letters.get(row.who.player_id),
                values=tuple(row.matches.get(match.match_id) for match in detail.matches),
                whole=row.whole.value,
                attack=attack,
                defence=defence,
                change=round(100 * (attack - defence) / defence, 1) if both and attack and defence else None,
            )
        )
    return Heat(metric=grid.metric, choices=read.choices, rows=tuple(rows))


def data_of(matches: Sequence[MatchLine], rounds: int, findings: Sequence[StoredFinding], text: Text) -> Data:
    """What stands behind the numbers of these matches."""
    lines = [line for match in matches for line in (match.r1, match.r2) if line is not None]
    out = tuple(
        LeftOut(
            round_id=line.round_id,
            map=line.map,
            number=line.number,
            why=text(WHY_NOT.get(line.invalid_reason, line.invalid_reason)),
        )
        for line in lines
        if line.invalid_reason
    )
    unexplained = sum(not each.explained for each in findings)
    level: Quality = "missing" if len(out) == len(lines) else "partial" if out else "complete"
    if unexplained and level == "complete":
        level = "estimated"
    why = text("{counted} of {rounds} rounds count", counted=len(lines) - len(out), rounds=len(lines))
    if unexplained:
        why += "; " + text("{count} numbers do not fit and nothing explains it", count=unexplained)
    return Data(
        level=level,
        why=why,
        rounds=max(rounds, len(lines)),
        counted=len(lines) - len(out),
        left_out=out,
        findings=tuple(findings[:MOST_FINDINGS]),
        more_findings=max(0, len(findings) - MOST_FINDINGS),
        unexplained=unexplained,
    )
