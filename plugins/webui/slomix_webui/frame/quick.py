"""Jinja2 with less around each value and each call, as a page has a thousand of both. What it renders is the same.

The first line of a compiled template imports what it needs while it runs (`escape`, `Macro`, …) from `jinja2.runtime`;
in those of a `QuickEnvironment` three of the names are then ours.
"""

from __future__ import annotations

from functools import lru_cache
from types import FunctionType, MethodType
from typing import Any

from jinja2 import Environment, runtime
from jinja2.runtime import Context

from slomix_webui.html import escaped, ours

#: What compiled templates call `escape` and `Markup`.
escape = escaped
Markup = ours
_FUNCTIONS = frozenset({FunctionType, MethodType, type(lru_cache(ours))})


class Macro(runtime.Macro):
    """A macro whose text becomes markup the short way; escaping is on in every template."""

    def _invoke(self, arguments: list[Any], autoescape: bool) -> str:
        html: str = self._func(*arguments)
        return ours(html) if autoescape else html


class QuickContext(Context):
    """Calls macros and plain functions without asking each of them what it wants of the context."""

    def call(self, called: Any, /, *args: Any, **kwargs: Any) -> Any:
        """As Jinja2's, which is asked for whatever may want the context, the environment or nothing we know."""
        kind = called.__class__
        if kind is not Macro and (kind not in _FUNCTIONS or hasattr(called, "jinja_pass_arg")):
            return super().call(called, *args, **kwargs)
        kwargs.pop("_loop_vars", None)
        kwargs.pop("_block_vars", None)
        return called(*args, **kwargs)


class QuickEnvironment(Environment):
    """An environment whose templates are rendered the short way."""

    context_class = QuickContext

    def _generate(self, *args: Any, **kwargs: Any) -> str:
        imports, rest = super()._generate(*args, **kwargs).split("\n", 1)
        return f"{imports}; from {__name__} import Macro, Markup, escape\n{rest}"
