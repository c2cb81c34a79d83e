"""The wall around a plugin's functions and the checks of what it declares."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import pytest

from slomix.contrib import Api, Check, Export, Handler, Job, Page, Parser, Post, Service
from slomix.errors import BadArtifact
from slomix.events import RoundImported
from slomix.host.contain import Escaped, contained, name
from slomix.host.records import FIELDS, claim, clash, problem, walled


def exits(*_: Any) -> None:
    raise SystemExit(3)


async def exits_later(*_: Any) -> None:
    raise SystemExit(3)


async def cancels(*_: Any) -> None:
    task = asyncio.current_task()
    assert task is not None
    task.cancel()
    await asyncio.sleep(1)


async def rows(*_: Any) -> AsyncIterator[int]:
    yield 1
    raise SystemExit(3)


async def test_what_would_end_the_program_is_an_ordinary_exception() -> None:
    with pytest.raises(Escaped, match="SystemExit: 3"):
        contained(exits)()
    with pytest.raises(Escaped, match="SystemExit: 3"):
        await contained(exits_later)()
    with pytest.raises(Escaped, match="cancels cancelled itself"):
        await contained(cancels)()
    seen = []
    with pytest.raises(Escaped, match="SystemExit: 3"):
        async for row in contained(rows)():
            seen.append(row)
    assert seen == [1]


async def test_ordinary_exceptions_values_and_arguments_pass_as_they_are() -> None:
    async def add(a: int, *, b: int) -> int:
        return a + b

    def refuse() -> None:
        raise BadArtifact("bad_line", "no")

    assert await contained(add)(1, b=2) == 3
    assert await contained(functools.partial(add, 1))(b=4) == 5
    assert contained(len)("abc") == 3
    with pytest.raises(BadArtifact):
        contained(refuse)()


async def test_ctrl_c_and_the_cancellation_of_the_caller_go_through() -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        contained(interrupt)()
    ended = asyncio.Event()

    async def waits() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    task = asyncio.create_task(contained(waits)())
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended.is_set()


async def test_one_that_ignores_its_cancellation_is_left_behind() -> None:
    async def stubborn() -> None:
        while True:
            try:
                await asyncio.sleep(3)
                return
            except asyncio.CancelledError:
                pass

    task = asyncio.create_task(contained(stubborn)())
    await asyncio.sleep(0.01)
    task.cancel()
    done, _ = await asyncio.wait({task}, timeout=2)
    assert done


def test_functions_have_a_name_also_where_they_have_none() -> None:
    class Called:
        def __call__(self) -> None: ...

    assert name(exits) == "exits"
    assert name(functools.partial(exits, 1)) == "exits"
    assert name(Called()) == "Called"
    assert contained(functools.partial(exits_later, 1)).__name__ == "exits_later"


GOOD: list[Any] = [
    Parser(name="p", version=1, sniff=exits, parse=exits, sighting=exits, store=exits_later),  # type: ignore[arg-type]
    Handler(event=RoundImported, run=exits_later),
    Job(name="a.work", run=exits_later),
    Service(protocol=int, implementation=1),
    Post(name="a.round", render=exits_later),  # type: ignore[arg-type]
    Api(path="/x", endpoint=exits_later, response=int, summary="x"),
    Page(path="/x", endpoint=exits_later, name="x"),
    Export(kind="things", columns=("a",), rows=rows, summary="x"),  # type: ignore[arg-type]
    Check(name="fine", run=exits_later),  # type: ignore[arg-type]
]


@pytest.mark.parametrize("record", GOOD, ids=lambda record: type(record).__name__)
def test_each_field_of_a_record_is_looked_at(record: Any) -> None:
    import dataclasses

    assert problem(record) == ""
    for field in FIELDS[type(record)]:
        if field == "implementation":
            continue
        broken = dataclasses.replace(record, **{field: object()})
        found = problem(broken)
        assert found.startswith(f"{type(record).__name__}.{field} must be "), found
        assert "\n" not in found


@pytest.mark.parametrize(
    "changed",
    [
        {"name": "With Spaces"},
        {"name": "x" * 200},
        {"timeout": timedelta()},
        {"timeout": timedelta(days=400)},
        {"retries": -1},
        {"retries": True},
        {"every": timedelta(milliseconds=1)},
    ],
)
def test_a_job_can_not_ask_for_nonsense(changed: dict[str, Any]) -> None:
    import dataclasses

    assert problem(dataclasses.replace(GOOD[2], **changed))


def test_a_value_that_can_not_be_shown_is_told_too() -> None:
    class Odd:
        def __repr__(self) -> str:
            raise ValueError

    odd: Any = Odd()
    assert (
        problem(Job(name=odd, run=exits_later))
        == "Job.name must be a name of a-z, 0-9, _ . and -, not something that raises ValueError"
    )


@pytest.mark.parametrize("record", [GOOD[2], GOOD[3], GOOD[4], GOOD[7]], ids=lambda record: type(record).__name__)
def test_two_plugins_can_not_have_the_same(record: Any) -> None:
    claimed = claim("a", record)
    assert claimed is not None
    assert "is declared by the plugin 'a' already" in clash("b", [record], {claimed[0]: "a"})
    assert "is declared twice" in clash("b", [record, record], {})
    assert clash("b", [record], {}) == ""


def test_parsers_and_handlers_clash_within_their_plugin_only() -> None:
    for record in (GOOD[0], GOOD[1]):
        claimed = claim("a", record)
        assert claimed is not None
        assert clash("b", [record], {claimed[0]: "a"}) == ""
        assert clash("a", [record, record], {})


def test_names_of_the_core_are_refused() -> None:
    assert "has a name of the core's" in clash("a", [Job(name="slomix.deliver", run=exits_later)], {})


def test_a_filter_that_fails_undoes_nothing_and_lets_the_event_through() -> None:
    failing: Callable[..., Any] = exits
    handler = walled("a", Handler(event=RoundImported, run=exits_later, when=failing))
    assert handler.when(None, None) is True
    assert walled("a", Handler(event=RoundImported, run=exits_later, when=lambda e, n: False)).when(None, None) is False
