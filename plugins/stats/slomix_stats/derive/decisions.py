"""What people decided, read into what the derivation looks up. A value of the wrong shape decides nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from slomix_stats.derive.model import Decision


@dataclass(frozen=True, slots=True)
class Decisions:
    """The latest decision on each subject. `rosters` are the two lists of player ids of a match."""

    validity: dict[str, bool] = field(default_factory=dict)
    team_names: dict[str, Mapping[str, str]] = field(default_factory=dict)
    rosters: dict[str, tuple[frozenset[str], frozenset[str]]] = field(default_factory=dict)
    segments: dict[str, bool] = field(default_factory=dict)


def read_decisions(decisions: Iterable[Decision]) -> Decisions:
    """Decisions in the order in which they were made: later ones win."""
    found = Decisions()
    for each in decisions:
        value = each.value
        if each.kind == "validity" and isinstance(value.get("valid"), bool):
            found.validity[each.subject] = value["valid"]
        elif each.kind == "segment" and isinstance(value.get("starts"), bool):
            found.segments[each.subject] = value["starts"]
        elif each.kind == "team_names":
            found.team_names[each.subject] = {
                key: text for key, text in value.items() if isinstance(text, str) and text.strip()
            }
        elif each.kind == "roster":
            team_a, team_b = _players(value.get("a")), _players(value.get("b"))
            found.rosters[each.subject] = (team_a, team_b - team_a)
    return found


def _players(value: Any) -> frozenset[str]:
    return (
        frozenset(item for item in value if isinstance(item, str)) if isinstance(value, list | tuple) else frozenset()
    )
