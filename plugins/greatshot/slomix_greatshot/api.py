"""What other plugins may use of greatshot: demos and highlights as values, events, and the protocol of renderers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar, Literal, Protocol

from slomix.events import Event

__all__ = [
    "DemoChanged",
    "DemoLine",
    "DemoScanned",
    "DemoState",
    "GreatshotV1",
    "HighlightFound",
    "HighlightLine",
    "Render",
    "RenderBackendV1",
    "RenderFailed",
]

DemoState = Literal["queued", "scanning", "ready", "partial", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoLine:
    """A demo in a list. `name` is that of the file, `state` `partial` where it was damaged, `reason` why it failed.

    `round_ids` are the rounds of stats that it shows, `available` False once its file was deleted.
    """

    demo_id: str
    name: str
    size: int
    state: DemoState
    reason: str | None
    uploaded_at: datetime
    recorded_at: datetime | None
    map: str | None
    version: str | None
    seconds: int
    players: int
    kills: int
    highlights: int
    round_ids: tuple[str, ...]
    available: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HighlightLine:
    """A moment. `kind` is one of those of `slomix greatshot scan`, `title` what people call it; `clock_s` is when in
    the round it began. `player_id` is None where the demo belongs to no round that is known."""

    highlight_id: str
    demo_id: str
    kind: str
    title: str
    player: str
    player_raw: str
    player_id: str | None
    map: str | None
    round_id: str | None
    recorded_at: datetime | None
    uploaded_at: datetime
    clock_s: int
    seconds: float
    kills: int
    headshots: int
    score: float
    explanation: str
    has_clip: bool


class GreatshotV1(Protocol):
    """Typed reads: `ctx.services.get(GreatshotV1)`."""

    async def demos(self, *, limit: int = 25, before: str | None = None) -> Sequence[DemoLine]:
        """Demos, newest first; `before` is the id of the last one of the page before."""
        ...

    async def demos_of(self, round_ids: Sequence[str]) -> Sequence[DemoLine]:
        """Demos of these rounds, newest first."""
        ...

    async def highlights_of(self, round_ids: Sequence[str], *, limit: int = 10) -> Sequence[HighlightLine]:
        """The best moments of these rounds."""
        ...

    async def night(self, session_id: str, *, limit: int = 3) -> Sequence[HighlightLine]:
        """The best moments of a session."""
        ...

    async def top(
        self, *, kind: str | None = None, map_name: str | None = None, limit: int = 50
    ) -> Sequence[HighlightLine]:
        """The best moments of all."""
        ...

    async def player(self, player_id: str, *, limit: int = 50) -> Sequence[HighlightLine]:
        """A player's best moments."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoChanged(Event):
    """A signal: a demo is in another state than before."""

    owner: ClassVar[str] = "greatshot"
    public: ClassVar[bool] = True

    demo_id: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoScanned(Event):
    """A demo was read. `state` is `ready`, `partial` or `failed`."""

    owner: ClassVar[str] = "greatshot"
    public: ClassVar[bool] = True

    demo_id: str
    state: str
    map: str | None
    highlights: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HighlightFound(Event):
    """A moment worth watching; of a demo the best ones are told. `title` is what people call its kind."""

    owner: ClassVar[str] = "greatshot"
    public: ClassVar[bool] = True

    highlight_id: str
    demo_id: str
    kind: str
    title: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Render:
    """A film that is wanted of a clip. `clip` is a demo that plays by itself, `out` where the film is to be written."""

    highlight_id: str
    clip: Path
    out: Path
    seconds: float
    map: str | None
    version: str | None


class RenderFailed(Exception):
    """A film could not be made; the text says why, for people, without paths of this machine."""


class RenderBackendV1(Protocol):
    """Who makes films of clips. A plugin that offers this service is asked instead of the configured game client."""

    @property
    def name(self) -> str:
        """For people."""
        ...

    async def render(self, render: Render) -> None:
        """Write `render.out`. Raises `RenderFailed`. Is cancelled when it takes longer than the settings allow."""
        ...
