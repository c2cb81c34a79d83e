"""What the settings say of the derivation. Light: the plugin's settings take their defaults from here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class TeamName:
    """A name that a team can be given, and the colour of its line (`#rrggbb`)."""

    name: str
    colour: str


#: What teams are called where nobody named them.
TEAM_NAMES: tuple[TeamName, ...] = (
    TeamName("Falcons", "#c0392b"),
    TeamName("Wolves", "#2471a3"),
    TeamName("Badgers", "#7d6608"),
    TeamName("Ravens", "#4a235a"),
    TeamName("Vipers", "#1e8449"),
    TeamName("Foxes", "#d35400"),
    TeamName("Bears", "#6e2c00"),
    TeamName("Sharks", "#117a65"),
    TeamName("Hornets", "#b7950b"),
    TeamName("Lynxes", "#839192"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the settings of the plugin say. Lower case maps; seconds."""

    filler_maps: frozenset[str] = frozenset({"mp_sillyctf"})
    min_seconds: int = 30
    restart_window_s: int = 30 * 60
    team_names: tuple[TeamName, ...] = TEAM_NAMES


DEFAULT_RULES = Rules()


class _Settings(Protocol):
    @property
    def filler_maps(self) -> tuple[str, ...]: ...

    @property
    def team_names(self) -> dict[str, str]: ...


def rules_of(settings: _Settings) -> Rules:
    """The rules of `[settings.stats]`."""
    return Rules(
        filler_maps=frozenset(name.lower() for name in settings.filler_maps),
        team_names=tuple(TeamName(name, colour) for name, colour in settings.team_names.items()),
    )
