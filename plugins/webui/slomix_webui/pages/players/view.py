"""The view model of a player: themselves first, the others second, every number with its sample. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from slomix_stats.api import (
    FormLine,
    MetricInfo,
    NameSeen,
    OwnBest,
    PlayerLine,
    PlayerSession,
    Portrait,
    Progress,
    RecordPlace,
    RecordRow,
    SessionLine,
    WeaponLine,
)
from slomix_webui.weapons import accuracy, weapon_name

#: What stands in the tiles, in their order.
CORE = ("dpm", "kd", "accuracy", "headshot_accuracy", "revives_per_round", "alive_percent")
#: A change of form below this is none; one above the second is a big one. In percent.
NOTICEABLE, BIG = 5.0, 15.0
#: Nights with fewer rounds say little about form.
FORM_ROUNDS = 4
#: Steps of ladders that are told, the nearest first.
NEXT_STEPS = 4

#: No feat: how often a medic brought one back.
NO_FEATS = frozenset(("times_revived",))

Standing = Literal["unplayed", "new", "far_above", "above", "usual", "below", "far_below"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number. `rounds` of `of` rounds of the scope knew it; `better_than` percent of `players`, None: no band."""

    name: str
    title: str
    unit: str
    decimals: int
    description: str
    value: float | None
    rounds: int
    of: int
    better_than: float | None
    players: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """A night of the player. `against`: its DPM against the own level of all time in percent; None: too few rounds."""

    session: SessionLine
    line: PlayerLine
    against: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WeaponRow:
    """A weapon. `share` is its part of all kills in percent; `accuracy` only where it means something."""

    slot: str
    name: str
    kills: int
    deaths: int
    shots: int
    headshot_hits: int
    share: float
    accuracy: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A place in the record book."""

    metric: str
    title: str
    unit: str
    decimals: int
    over: Literal["round", "match"]
    row: RecordRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Best:
    """A best round of the player."""

    title: str
    unit: str
    decimals: int
    best: OwnBest


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerView:
    """Everything the page of a player shows. `standing` is the verdict: where they are against their own level."""

    label: str
    portrait: Portrait
    standing: Standing
    form: FormLine | None
    core: tuple[Figure, ...]
    numbers: tuple[Figure, ...]
    nights: tuple[Night, ...]
    weapons: tuple[WeaponRow, ...]
    held: tuple[Held, ...]
    bests: tuple[Best, ...]
    steps: tuple[Progress, ...]
    aliases: tuple[NameSeen, ...]


def player_view(portrait: Portrait, metrics: Sequence[MetricInfo]) -> PlayerView:
    """The player as a page."""
    profile = portrait.profile
    numbers = figures(portrait, metrics)
    by_name = {each.name: each for each in numbers}
    return PlayerView(
        label=profile.name or (profile.guids[0] if profile.guids else profile.player_id),
        portrait=portrait,
        standing=standing(portrait.form, profile.lifetime.rounds),
        form=portrait.form,
        core=tuple(by_name[name] for name in CORE if name in by_name),
        numbers=numbers,
        nights=tuple(night(entry, profile.lifetime.dpm) for entry in profile.sessions),
        weapons=weapon_rows(profile.weapons),
        held=held(portrait.held, metrics),
        bests=own_bests(portrait.bests, metrics),
        steps=nearest(portrait.achievements.progress),
        aliases=tuple(name for name in profile.names if name.name_raw != profile.name_raw),
    )


def standing(form: FormLine | None, rounds: int) -> Standing:
    """Where somebody is against their own level."""
    if form is None:
        return "new" if rounds else "unplayed"
    delta = form.delta_percent
    if abs(delta) < NOTICEABLE:
        return "usual"
    if delta > 0:
        return "far_above" if delta >= BIG else "above"
    return "far_below" if delta <= -BIG else "below"


def figures(portrait: Portrait, metrics: Sequence[MetricInfo]) -> tuple[Figure, ...]:
    """Every number of the scope, with its band where there is one."""
    bands = {band.metric: band for band in portrait.bands.bands}
    known = {number.metric: number for number in portrait.numbers.numbers}
    found = []
    for metric in metrics:
        number, band = known.get(metric.name), bands.get(metric.name)
        if number is None:
            continue
        found.append(
            Figure(
                name=metric.name,
                title=metric.title,
                unit=metric.unit,
                decimals=metric.decimals,
                description=metric.description,
                value=number.value,
                rounds=number.rounds,
                of=number.of,
                better_than=None if band is None else band.better_than,
                players=None if band is None else band.players,
            )
        )
    return tuple(found)


def night(entry: PlayerSession, usual: float) -> Night:
    """A night against the own level."""
    enough = usual > 0 and entry.line.rounds >= FORM_ROUNDS
    return Night(
        session=entry.session,
        line=entry.line,
        against=round(100 * (entry.line.dpm / usual - 1), 1) if enough else None,
    )


def weapon_rows(weapons: Sequence[WeaponLine]) -> tuple[WeaponRow, ...]:
    """Weapons with their part of the kills, those that did nothing left out."""
    kills = sum(line.kills for line in weapons)
    return tuple(
        WeaponRow(
            slot=line.weapon,
            name=weapon_name(line.weapon),
            kills=line.kills,
            deaths=line.deaths,
            shots=line.shots,
            headshot_hits=line.headshot_hits,
            share=round(100 * line.kills / kills, 1) if kills else 0.0,
            accuracy=accuracy(line),
        )
        for line in weapons
        if line.kills or line.deaths or line.shots
    )


def held(places: Sequence[RecordPlace], metrics: Sequence[MetricInfo]) -> tuple[Held, ...]:
    """The player's places in the record book with what they are called."""
    known = {metric.name: metric for metric in metrics}
    return tuple(
        Held(
            metric=place.metric,
            title=known[place.metric].title,
            unit=known[place.metric].unit,
            decimals=known[place.metric].decimals,
            over=place.over,
            row=place.row,
        )
        for place in places
    )


def own_bests(bests: Sequence[OwnBest], metrics: Sequence[MetricInfo]) -> tuple[Best, ...]:
    """Best rounds in the order of the metrics; what is better the lower it is, is no best."""
    by_name = {best.metric: best for best in bests}
    return tuple(
        Best(title=info.title, unit=info.unit, decimals=info.decimals, best=by_name[info.name])
        for info in metrics
        if info.name in by_name and info.higher_is_better and info.name not in NO_FEATS
    )


def nearest(progress: Sequence[Progress]) -> tuple[Progress, ...]:
    """The ladders whose next step is nearest."""
    open_ones = [each for each in progress if each.next is not None]
    return tuple(sorted(open_ones, key=lambda each: -each.percent)[:NEXT_STEPS])
