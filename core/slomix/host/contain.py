"""A wall around the functions that a plugin hands over: whatever escapes them is an ordinary exception.

The core calls these functions in many places (worker, bus, ingest, web, bot) and catches `Exception` there. Without
the wall a `SystemExit` would end the program, and a function that cancels its own task would cancel ours.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

from slomix.host.runner import GRACE_SECONDS, describe


class Escaped(RuntimeError):
    """What a plugin's function raised is meant for a whole program (`SystemExit`, a cancellation), not for one call."""


def contained(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function`, except that it raises nothing but `Exception` and can not cancel who called it.

    Coroutine functions run in a task of their own; asynchronous generators and plain functions run where they are.
    """
    call = getattr(function, "__call__", None)  # noqa: B004 - asked what it is, not whether it is there
    if inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(call):

        @functools.wraps(function)
        async def awaited(*args: Any, **kwargs: Any) -> Any:
            return await own_task(function(*args, **kwargs), name(function))

        awaited.__name__ = name(function)
        return awaited
    if inspect.isasyncgenfunction(function):

        @functools.wraps(function)
        async def iterated(*args: Any, **kwargs: Any) -> AsyncIterator[Any]:
            try:
                async for item in function(*args, **kwargs):
                    yield item
            except (KeyboardInterrupt, GeneratorExit, asyncio.CancelledError, Exception):
                raise
            except BaseException as error:
                raise ordinary(error) from error

        return iterated

    @functools.wraps(function)
    def called(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except (KeyboardInterrupt, Exception):
            raise
        except BaseException as error:
            raise ordinary(error) from error

    return called


async def own_task(coroutine: Coroutine[Any, Any, Any], label: str) -> Any:
    """Await a plugin's coroutine in a task of its own.

    A caller that is cancelled waits at most `GRACE_SECONDS` for it to end; one that ignores its cancellation is left.
    """

    async def guarded() -> Any:
        try:
            return await coroutine
        except (KeyboardInterrupt, asyncio.CancelledError, Exception):
            raise
        except BaseException as error:
            raise ordinary(error) from error

    task = asyncio.create_task(guarded(), name=label)
    ended = asyncio.get_running_loop().create_future()
    task.add_done_callback(lambda _: None if ended.done() else ended.set_result(None))
    try:
        await ended  # as `asyncio.wait` of one task, which takes as long as a small read
    except asyncio.CancelledError:
        task.cancel()
        await asyncio.wait({task}, timeout=GRACE_SECONDS)
        raise
    if task.cancelled():
        raise Escaped(f"{label} cancelled itself")
    return task.result()


def ordinary(error: BaseException) -> Exception:
    """`error` itself where it is an ordinary exception, else an `Escaped` that describes it."""
    return error if isinstance(error, Exception) else Escaped(describe(error))


def name(function: Callable[..., Any]) -> str:
    """What to call a function in the log and in the inbox: its own name, or that of its class."""
    named = getattr(function, "__name__", None)
    if isinstance(named, str):
        return named
    inner = getattr(function, "func", None)
    return name(inner) if callable(inner) else type(function).__name__
