"""Who won a night and how it went, in words. Pure: `text` translates and fills in the values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from slomix_stats.api import Letter, MatchLine, Mvp, PlayerLine, SegmentLine, SessionDetail, SessionForm, opposite
from slomix_webui import formats

Text = Callable[..., str]

#: A change of less than this, in percent, is how somebody always plays.
NOTICEABLE = 10.0
#: From here on it is far above or below.
FAR = 25.0
#: Rounds that somebody must have played before a sentence is about them.
ENOUGH_ROUNDS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Duel:
    """One pair of teams of a night and their score. `maps` is how many make it; players: most DPM first."""

    number: int
    name_a: str
    name_b: str
    a: int
    b: int
    format: str
    confidence: str
    maps: int
    team_a: tuple[PlayerLine, ...]
    team_b: tuple[PlayerLine, ...]
    mvp_a: Mvp | None
    mvp_b: Mvp | None

    @property
    def winner(self) -> Letter | None:
        """Whose points are more; None where they are equal."""
        return None if self.a == self.b else "A" if self.a > self.b else "B"

    def name(self, letter: Letter) -> str:
        """What a team is called."""
        return self.name_a if letter == "A" else self.name_b


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence about a night, and where its evidence is."""

    text: str
    address: str


def duels_of(detail: SessionDetail, mvps: Sequence[Mvp] = ()) -> tuple[Duel, ...]:
    """The pairs of teams that finished a map, in the order of play."""
    best = {(mvp.segment, mvp.team): mvp for mvp in mvps}
    return tuple(
        _duel(detail, segment, best.get((segment.number, "A")), best.get((segment.number, "B")))
        for segment in detail.segments
        if detail.scored(segment)
    )


def _duel(detail: SessionDetail, segment: SegmentLine, mvp_a: Mvp | None, mvp_b: Mvp | None) -> Duel:
    return Duel(
        number=segment.number,
        name_a=segment.name_a,
        name_b=segment.name_b,
        a=segment.points_a,
        b=segment.points_b,
        format=segment.format,
        confidence=segment.confidence,
        maps=detail.scored(segment),
        team_a=tuple(player for player in detail.players if player.player_id in segment.team_a),
        team_b=tuple(player for player in detail.players if player.player_id in segment.team_b),
        mvp_a=mvp_a,
        mvp_b=mvp_b,
    )


def headline(duels: Sequence[Duel], maps: int, text: Text) -> str:
    """The short form for titles and previews: `8:4 over 6 maps`."""
    played = text("1 map") if maps == 1 else text("{count} maps", count=maps)
    scores = formats.words([f"{duel.a}:{duel.b}" for duel in duels])
    return text("{score} over {maps}", score=scores, maps=played) if scores else played


def call(duels: Sequence[Duel], matches: Sequence[MatchLine], text: Text) -> str:
    """The verdict: who took the night, or each part of it."""
    if not duels:
        running = any(match.status == "open" for match in matches)
        return text("The first map is being played") if running else text("No map was finished")
    return "; ".join(_won(duel, text, alone=len(duels) == 1) for duel in duels)


def _won(duel: Duel, text: Text, *, alone: bool) -> str:
    values = {"a": duel.a, "b": duel.b, "name_a": duel.name_a, "name_b": duel.name_b, "maps": duel.maps}
    if duel.winner is None:
        if alone:
            return text("{name_a} and {name_b} share the night, {a} : {b}", **values)
        return text("{name_a} and {name_b} draw, {a} : {b}", **values)
    values |= {"name": duel.name(duel.winner), "most": max(duel.a, duel.b), "least": min(duel.a, duel.b)}
    if alone:
        return text("{name} take the night, {most} : {least}", **values)
    return text("{name} win {most} : {least}", **values)


def counted(duels: Sequence[Duel], matches: Sequence[MatchLine], text: Text) -> str:
    """What the score counts and what it leaves out, in a sentence; empty where there is no score."""
    if not duels:
        return ""
    scored = sum(match.points_a is not None for match in matches)
    mixed = sum(match.points_r1_attackers is not None and match.points_a is None for match in matches)
    unscored = sum(match.points_r1_attackers is None and match.status != "open" for match in matches)
    parts = [text("{count} maps counted, 2 points each", count=scored)]
    if scored == 1:
        parts = [text("1 map counted, 2 points each")]
    if unscored:
        parts.append(text("without a result: {count}", count=unscored))
    if mixed:
        parts.append(text("left out, the teams were mixed: {count}", count=mixed))
    return "; ".join(parts) + "."


def story(
    duels: Sequence[Duel], matches: Sequence[MatchLine], form: Sequence[SessionForm], text: Text
) -> tuple[Sentence, ...]:
    """The night in at most three sentences, each with the way to its evidence."""
    told = (_course(duels, matches, text), _closest(matches, text), _player(form, text))
    return tuple(sentence for sentence in told if sentence is not None)


def _course(duels: Sequence[Duel], matches: Sequence[MatchLine], text: Text) -> Sentence | None:
    """How the longest duel went: a lead that was lost, or one that never was in danger."""
    duel = max(duels, key=lambda each: each.maps, default=None)
    if duel is None or duel.winner is None or duel.maps < 2:
        return None
    winner = duel.winner
    own = other = 0
    lowest: tuple[int, int, MatchLine] | None = None
    behind = level = 0
    for match in matches:
        if match.segment != duel.number or match.points_a is None or match.points_b is None:
            continue
        own += match.points_a if winner == "A" else match.points_b
        other += match.points_b if winner == "A" else match.points_a
        behind, level = behind + (own < other), level + (own == other)
        if own < other and (lowest is None or own - other < lowest[0] - lowest[1]):
            lowest = own, other, match
    values = {"name": duel.name(winner), "other": duel.name(opposite(winner))}
    if lowest is not None:
        at = {"own": lowest[0], "against": lowest[1], "map": lowest[2].map}
        said = text("{name} were {own} : {against} behind after {map}, and came back.", **values, **at)
        return Sentence(text=said, address=f"/matches/{lowest[2].match_id}")
    if not level:
        return Sentence(text=text("{name} led from the first map to the last.", **values), address="#maps")
    return Sentence(text=text("{name} were never behind {other}.", **values), address="#maps")


def _closest(matches: Sequence[MatchLine], text: Text) -> Sentence | None:
    """The map that was decided by the fewest seconds, else the fastest attack."""
    beaten = [
        (match.r1.seconds - match.r2.seconds, match)
        for match in matches
        if match.points_r1_attackers is not None
        and match.r1 is not None
        and match.r2 is not None
        and match.r1.outcome == match.r2.outcome == "objective"
        and match.r1.seconds is not None
        and match.r2.seconds is not None
        and match.r1.seconds > match.r2.seconds
    ]
    if beaten:
        margin, match = min(beaten, key=lambda each: each[0])
        assert match.r1 is not None
        said = text(
            "{map} was the closest map: {time} was set, and beaten by {seconds} s.",
            map=match.map,
            time=formats.clock(match.r1.seconds),
            seconds=max(1, round(margin)),
        )
        return Sentence(text=said, address=f"/matches/{match.match_id}")
    attacks = [
        (line.seconds, match)
        for match in matches
        for line in (match.r1, match.r2)
        if line is not None and line.outcome == "objective" and line.seconds and line.invalid_reason is None
    ]
    if not attacks:
        return None
    seconds, match = min(attacks, key=lambda each: each[0])
    said = text("The fastest attack was on {map}, in {time}.", map=match.map, time=formats.clock(seconds))
    return Sentence(text=said, address=f"/matches/{match.match_id}")


def _player(form: Sequence[SessionForm], text: Text) -> Sentence | None:
    """Who rose most above their own level, else who did the most damage."""
    regulars = [line for line in form if line.rounds >= ENOUGH_ROUNDS] or list(form)
    above = [line for line in regulars if (line.delta_percent or 0) >= NOTICEABLE]
    if above:
        line = max(above, key=lambda each: each.delta_percent or 0)
        said = text(
            "{name} played {percent} % above their own level: {value} damage per minute, usually {usual}.",
            name=line.who.name,
            percent=round(line.delta_percent or 0),
            value=round(line.value),
            usual=round(line.usual or 0),
        )
        return Sentence(text=said, address="#form")
    if not regulars:
        return None
    line = max(regulars, key=lambda each: each.value)
    said = text("{name} did the most damage, {value} per minute.", name=line.who.name, value=round(line.value))
    return Sentence(text=said, address="?metric=dpm#heat")


def form_words(delta_percent: float | None, text: Text) -> str:
    """A change against the own level as people say it."""
    if delta_percent is None:
        return text("first night")
    if abs(delta_percent) < NOTICEABLE:
        return text("as usual")
    if delta_percent > 0:
        return text("far above") if delta_percent >= FAR else text("above")
    return text("far below") if delta_percent <= -FAR else text("below")
