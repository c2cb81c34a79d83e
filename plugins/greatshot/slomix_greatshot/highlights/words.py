"""Highlights in a sentence, in names of weapons that players use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache

from slomix.names import clean_name
from slomix_greatshot.demo.rules import rules_for

LEVELS = {2: "double kill", 3: "triple kill", 4: "quad kill", 5: "penta kill"}
MOST_NAMED = 3


@cache
def _displays() -> dict[str, str]:
    tables = (rules_for("etmain", ""), rules_for("legacy", ""))
    return {mean.name: mean.display for rules in tables for mean in rules.means}


def weapon(mean: str) -> str:
    """What a means of death is called."""
    return _displays().get(mean, mean)


def level(kills: int) -> str:
    """`triple kill` and so on."""
    return LEVELS.get(kills, f"{kills} kills")


def with_weapons(means: Iterable[str]) -> str:
    """`with the MP40`, `with MP40 and Panzerfaust`; the one with most kills first."""
    counted = [name for name, _ in Counter(weapon(mean) for mean in means).most_common()]
    return f"with {listed(counted)}" if counted else ""


def listed(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and 3 more`."""
    if len(words) > MOST_NAMED:
        return f"{', '.join(words[:MOST_NAMED])} and {len(words) - MOST_NAMED} more"
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def seconds(milliseconds: int) -> str:
    """`3.2 s`; what is below a tenth is `an instant`."""
    return f"{milliseconds / 1000:.1f} s" if milliseconds >= 100 else "an instant"


def plain(name: str) -> str:
    """A name without colours, never empty."""
    return clean_name(name) or "unnamed"
