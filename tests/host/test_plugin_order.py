"""The order of plugins: whatever the graph, requirements come first and ties keep the file's order."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from slomix.host.order import order

NAMES = "abcdef"
GRAPHS = st.dictionaries(st.sampled_from(NAMES), st.sets(st.sampled_from(NAMES + "z"), max_size=3))


@given(names=st.permutations(NAMES), graph=GRAPHS)
def test_everything_is_placed_after_what_it_waits_for_or_is_in_a_circle(
    names: list[str], graph: dict[str, set[str]]
) -> None:
    result = order(names, graph)
    assert sorted([*result.names, *result.cycles]) == sorted(names)
    for index, name in enumerate(result.names):
        assert graph.get(name, set()) & set(names) <= {*result.names[:index], *result.cycles}
    for name, path in result.cycles.items():
        circle = path.split(" → ")
        assert name in circle
        assert circle[0] == circle[-1]
        assert all(after in graph[before] for before, after in itertools.pairwise(circle))


@given(names=st.permutations(NAMES))
def test_without_constraints_the_given_order_stays(names: list[str]) -> None:
    assert list(order(names, {}).names) == names


def test_a_plugin_that_waits_for_itself() -> None:
    assert order(["a"], {"a": ["a"]}).cycles == {"a": "a → a"}
