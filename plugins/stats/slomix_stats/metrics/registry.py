"""What a metric is: its definition as data, and its value for sums.

`Sums` are the columns of `stats.player_round` added up over the rounds of a scope, with `rounds` (how many) and, for
columns that old files lack, how much of the scope knew them: `revives_given_known` is the number of rounds that did,
`time_played_s:denied_playtime_s` the time played in those. A metric that needs such a column takes these for the plain
sums, so that it is computed over exactly the rounds that know it; where they are not at hand it is unknown.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from slomix_stats.api.scope import MetricInfo, Number

Sums = Mapping[str, float | None]

#: Rounds for a place on a leaderboard of all time: totals, and rates (stats.md 6.6).
TOTAL_ROUNDS = 10
RATE_ROUNDS = 50

_FORMULA = re.compile(r"`([^`]+)`")


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A metric. `value` is called with the sums named by `inputs`, in that order; an unknown sum makes it None."""

    name: str
    title: str
    unit: str = ""
    source: str
    value: Callable[..., float | None]
    inputs: tuple[str, ...]
    formula: str = ""
    description: str = ""
    version: int = 1
    decimals: int = 0
    higher_is_better: bool = True
    rate: bool = False
    needs: str | None = None
    ranked: bool = True
    floor: Mapping[str, int] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()

    @cached_property
    def info(self) -> MetricInfo:
        """The definition as data; formula and description are those of the function unless given."""
        text = " ".join((inspect.getdoc(self.value) or "").split())
        said = _FORMULA.search(text)
        return MetricInfo(
            name=self.name,
            title=self.title,
            unit=self.unit,
            formula=self.formula or (said.group(1) if said else ""),
            description=self.description or text.replace("`", ""),
            source=self.source,
            version=self.version,
            decimals=self.decimals,
            higher_is_better=self.higher_is_better,
            rate=self.rate,
            ranked=self.ranked,
            min_rounds=RATE_ROUNDS if self.rate else TOTAL_ROUNDS,
            aliases=self.aliases,
            inputs=self.inputs,
            needs=(self.needs,) if self.needs else (),
            floor=dict(self.floor),
        )

    def number(self, sums: Sums) -> Number:
        """The value for these sums, with its sample and inputs. Rounded to 4 places."""
        of = int(sums.get("rounds") or 0)
        rounds = self._sample(sums, of)
        given = dict(zip(self.inputs, self._given(sums, rounds, of), strict=True))
        value: float | None = None
        if rounds and None not in given.values():
            value = self.value(*given.values())
        return Number(
            metric=self.name,
            value=None if value is None else round(value, 4),
            rounds=rounds,
            of=of,
            inputs=given,
        )

    def worth(self, sums: Sums) -> tuple[float | None, int]:
        """Only value and sample of `number`, for the many that nobody reads the inputs of."""
        get = sums.get
        of = rounds = int(get("rounds") or 0)
        for known in self._known:
            at = get(known)
            if at is not None and at < rounds:
                rounds = int(at)
        given = map(get, self.inputs) if rounds == of else self._given(sums, rounds, of)
        values = tuple(given)
        if not rounds or None in values:
            return None, rounds
        value = self.value(*values)
        return (None if value is None else round(value, 4)), rounds

    def _sample(self, sums: Sums, of: int) -> int:
        """Of the scope's rounds, those that know every input."""
        rounds = of
        for known in self._known:
            at = sums.get(known)
            if at is not None and at < rounds:
                rounds = int(at)
        return rounds

    def _given(self, sums: Sums, rounds: int, of: int) -> list[float | None]:
        """The inputs, over exactly the rounds that know what the metric needs."""
        if self.needs is None or rounds >= of:
            return [sums.get(name) for name in self.inputs]
        return [self._exact(sums, name, rounds) for name in self.inputs]

    def _exact(self, sums: Sums, name: str, rounds: int) -> float | None:
        """A sum over the rounds that know what this metric needs, where only some do."""
        if name == self.needs:
            return sums.get(name)
        return rounds if name == "rounds" else sums.get(f"{name}:{self.needs}")

    @cached_property
    def _known(self) -> tuple[str, ...]:
        """Of every input, the count of rounds that know it."""
        return tuple(f"{name}_known" for name in self.inputs)


#: Columns that are not added up: the best of several rounds is the best of each.
BESTS = frozenset(("killing_spree_best", "death_spree_worst"))


def added(parts: Iterable[Sums]) -> dict[str, float | None]:
    """The sums of several parts together. What no part knows stays unknown, what some know is the sum of those."""
    whole: dict[str, float | None] = {"rounds": 0}
    for part in parts:
        for name, value in part.items():
            before = whole.get(name)
            if value is None or before is None:
                whole[name] = before if value is None else value
            else:
                whole[name] = max(before, value) if name in BESTS else before + value
    return whole
