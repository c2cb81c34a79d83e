"""One order of all plugins from what each requires and comes after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ordered:
    """`names` in the order to load them; `cycles` maps each plugin of a circle to the circle, as a readable path."""

    names: tuple[str, ...]
    cycles: dict[str, str]


def order(names: Sequence[str], before: Mapping[str, Iterable[str]]) -> Ordered:
    """Sort `names` so that each comes after those in `before[name]`; ties stay in the given order.

    Names in `before` that are not among `names` are left out of account. Plugins that wait for each other in a
    circle are left out of the order and explained in `cycles`; whoever only waits for one of them is still placed.
    """
    known = set(names)
    waits = {name: {other for other in before.get(name, ()) if other in known} for name in names}
    placed: list[str] = []
    cycles: dict[str, str] = {}
    left = list(names)
    while left:
        ready = next((name for name in left if waits[name] <= {*placed, *cycles}), None)
        if ready is not None:
            placed.append(ready)
            left.remove(ready)
            continue
        circle = _circle(left, waits)
        path = " → ".join([*circle, circle[0]])
        for name in circle:
            cycles[name] = path
            left.remove(name)
    return Ordered(tuple(placed), cycles)


def _circle(left: Sequence[str], waits: Mapping[str, set[str]]) -> list[str]:
    """A circle among `left`, where every name waits for another of `left`; it begins at the earliest of its names."""
    path = [left[0]]
    while True:
        following = next(name for name in left if name in waits[path[-1]])
        if following in path:
            circle = path[path.index(following) :]
            start = min(range(len(circle)), key=lambda i: left.index(circle[i]))
            return circle[start:] + circle[:start]
        path.append(following)
