"""Two even teams. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from math import fsum

#: More people than this are not split by trying every way: the first so many are, the rest is dealt out in turn.
MOST = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Teams:
    """Two line-ups of Discord users, strongest first, and the sums of their strength."""

    a: tuple[int, ...]
    b: tuple[int, ...]
    strength_a: float
    strength_b: float


def even_teams(strength: Mapping[int, float | None]) -> Teams | None:
    """The split into equal numbers (one more in A for an odd one) whose strengths differ least; None below two people.

    A strength of None counts as the mean of those that are known. Ties fall the same way each time.
    """
    if len(strength) < 2:
        return None
    known = [value for value in strength.values() if value is not None]
    usual = fsum(known) / len(known) if known else 1.0
    values = {person: usual if value is None else value for person, value in strength.items()}
    ordered = sorted(values, key=lambda person: (-values[person], person))
    tried, rest = ordered[:MOST], ordered[MOST:]
    total = fsum(values[person] for person in tried)
    size = (len(tried) + 1) // 2
    # the first is always in A where both teams have the same size: the mirror image is the same split
    fixed = tried[:1] if len(tried) % 2 == 0 else []
    choices = combinations([person for person in tried if person not in fixed], size - len(fixed))
    best = min(
        ((*fixed, *choice) for choice in choices),
        key=lambda team: (abs(total - 2 * fsum(values[person] for person in team)), team),
    )
    a, b = list(best), [person for person in tried if person not in best]
    for person in rest:
        weaker = min((a, b), key=lambda team: (len(team), sum(values[each] for each in team)))
        weaker.append(person)
    if len(a) < len(b):
        a, b = b, a
    return Teams(a=tuple(a), b=tuple(b), strength_a=fsum(values[p] for p in a), strength_b=fsum(values[p] for p in b))
