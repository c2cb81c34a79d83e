"""The view models of the pages: plain values, no markup. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from msgspec import Meta

from slomix_greatshot.api import DemoLine, HighlightLine
from slomix_greatshot.highlights.words import weapon

STATIC = Path(__file__).parents[1] / "static"
TEMPLATES = Path(__file__).parents[1] / "templates"
MESSAGES = Path(__file__).parents[1] / "messages"
TEAMS = {1: "axis", 2: "allies", 3: "spectator"}
#: Names of a map of who killed whom; more do not fit into anything.
MOST_IN_MATRIX = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadQuery:
    """The address of an upload."""

    name: Annotated[str, Meta(min_length=1, max_length=255)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """What became of an upload. `known`: the same file was here already."""

    demo_id: str
    known: bool
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """What a reader may send: `login` is where to log in first, `why_not` why nothing can be sent."""

    allowed: bool
    login: str | None
    why_not: str
    most_mib: int
    endings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemosView:
    """The list of demos. `next` is the id from which the following page goes on."""

    demos: Sequence[DemoLine]
    sending: Sending
    first: bool
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerView:
    """One who was there. Hits are those that were in view of whoever recorded; `damage` as the server told it."""

    number: int
    slot: int
    name: str
    name_raw: str
    player_id: str | None
    guid: str
    side: str
    bot: bool
    kills: int
    deaths: int
    headshots: int
    headshots_unknown: int
    team_kills: int
    self_kills: int
    revives: int
    hits_seen: int
    head_hits_seen: int
    damage: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeathView:
    """A death; players are numbers of `players`, `at_s` is since the recording began."""

    at_s: float
    attacker: int | None
    victim: int | None
    weapon: str
    kind: str
    headshot: bool | None
    warmup: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundView:
    """A round of the demo. `confidence` out of 100 that it is `round_id`, and why; `seconds` None: not all is there."""

    number: int
    stopwatch: int
    begin_s: float
    seconds: float | None
    winner: str | None
    round_id: str | None
    confidence: int | None
    evidence: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """A kill (or revive) of a moment, `after_s` after the one before."""

    at_s: float
    who: str
    weapon: str
    headshot: bool | None
    after_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MomentView:
    """A highlight of the demo. `film` is the state of its film, None where nobody asked for one."""

    line: HighlightLine
    begin_s: float
    end_s: float
    number: int
    in_view: bool
    steps: Sequence[StepView]
    fastest_s: float | None
    average_s: float | None
    own: Mapping[str, Any]
    clip_bytes: int | None
    film: str | None
    film_id: str | None
    film_error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatView:
    """A line that somebody wrote."""

    at_s: float
    who: str
    channel: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoView:
    """One demo. `seconds` is its length; `may_delete` says what this reader may do, `films` whether any are made."""

    demo: DemoLine
    server: str | None
    protocol: int | None
    broadcast: bool
    reader: str | None
    snapshots: int
    warnings: Sequence[str]
    seconds: float
    rounds: Sequence[RoundView]
    players: Sequence[PlayerView]
    deaths: Sequence[DeathView]
    moments: Sequence[MomentView]
    chat: Sequence[ChatView]
    may_delete: bool
    may_ask: bool
    films: bool

    @property
    def fielded(self) -> list[PlayerView]:
        """Who played, axis first, most kills first."""
        played = [each for each in self.players if each.side in {"axis", "allies"} or each.kills or each.deaths]
        return sorted(played, key=lambda each: (each.side != "axis", -each.kills, each.number))


@dataclass(frozen=True, slots=True, kw_only=True)
class TopView:
    """The best moments. `kinds` are those to choose from, with their titles; `maps` those that there are demos of."""

    lines: Sequence[HighlightLine]
    kind: str | None
    map: str | None
    kinds: Sequence[tuple[str, str]]
    maps: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class MomentsView:
    """A tab or a block on somebody else's page. `demos` are those of a round or a match."""

    lines: Sequence[HighlightLine]
    demos: Sequence[DemoLine] = field(default_factory=tuple)


def matrix(view: DemoView) -> tuple[list[str], list[tuple[str, list[float | None]]]]:
    """Who killed whom how often: names of the columns, and the rows. Enemies only; nobody kills himself here."""
    counts = Counter((each.attacker, each.victim) for each in view.deaths if each.kind == "kill" and not each.warmup)
    people = [each for each in view.fielded if each.side in {"axis", "allies"}][:MOST_IN_MATRIX]
    rows = []
    for one in people:
        cells: list[float | None] = []
        for other in people:
            enemies = one.side != other.side
            cells.append(float(counts[one.number, other.number]) if enemies else None)
        rows.append((one.name, cells))
    return [each.name for each in people], rows


def since(time_ms: int, first_ms: int) -> float:
    """Seconds since the recording began."""
    return round((time_ms - first_ms) / 1000, 2)


def death_view(row: Any, first_ms: int) -> DeathView:
    """A row of `greatshot.death`."""
    return DeathView(
        at_s=since(row["time_ms"], first_ms),
        attacker=row["attacker"],
        victim=row["victim"],
        weapon=weapon(row["means"]),
        kind=row["kind"],
        headshot=row["headshot"],
        warmup=row["phase"] > 0,
    )


def sent_at(line: DemoLine) -> datetime:
    """What a demo is sorted and named by: when it was recorded, else when it came."""
    return line.recorded_at or line.uploaded_at
