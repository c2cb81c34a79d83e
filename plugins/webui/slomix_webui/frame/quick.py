"""Jinja2 with less around each value and each call, as a page has a thousand of both. What it renders is the same.

The first line of a compiled template imports what it needs while it runs (`escape`, `Macro`, …) from `jinja2.runtime`;
in those of a `QuickEnvironment` three of the names are then ours.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from types import FunctionType, MethodType
from typing import Any

from jinja2 import Environment, nodes, runtime
from jinja2.runtime import Context
from jinja2.visitor import NodeTransformer

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


class _Translated(NodeTransformer):
    """Puts texts that have no values, `_("Night")`, into the template in the language of its environment."""

    def __init__(self, text: Callable[[str], str]) -> None:
        self._text = text

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - Jinja2 calls it so
        """One call of any function."""
        self.generic_visit(node)
        named = isinstance(node.node, nodes.Name) and node.node.name == "_"
        if not named or len(node.args) != 1 or node.kwargs or node.dyn_args or node.dyn_kwargs:
            return node
        given = node.args[0]
        if not isinstance(given, nodes.Const) or not isinstance(given.value, str):
            return node
        return nodes.Const(self._text(given.value), lineno=node.lineno, environment=node.environment)


class QuickEnvironment(Environment):
    """An environment whose templates are rendered the short way. Its global `_` says texts in one language."""

    context_class = QuickContext

    def _generate(self, source: nodes.Template, *args: Any, **kwargs: Any) -> str:
        text = self.globals.get("_")
        if callable(text):
            source = _Translated(text).visit(source)
        imports, rest = super()._generate(source, *args, **kwargs).split("\n", 1)
        return f"{imports}; from {__name__} import Macro, Markup, escape\n{rest}"
