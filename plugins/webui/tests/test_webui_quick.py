"""The short ways of templates render what Jinja2 and MarkupSafe do by themselves."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import Any

import pytest
from jinja2 import DictLoader, Environment, StrictUndefined, UndefinedError, pass_context
from markupsafe import Markup, escape

from slomix_webui import badges
from slomix_webui.frame.quick import QuickEnvironment
from slomix_webui.html import escaped, fill

SCRIPT = "<script>alert('x')</script> & \"y\""


class Told:
    """Something with markup of its own."""

    def __html__(self) -> str:
        return "<b>told</b>"


@pytest.mark.parametrize(
    "value", ["", "plain", SCRIPT, Markup("<b>&</b>"), 12, -1.5, True, None, Told(), ["<", Markup("<")], b"<"]
)
def test_everything_is_escaped_as_markupsafe_does(value: Any) -> None:
    """Whatever is printed."""
    for _ in range(2):  # the second time from what is kept
        assert escaped(value) == escape(value)
        assert isinstance(escaped(value), Markup)


def test_a_text_is_never_taken_for_the_markup_that_it_equals() -> None:
    """Both are equal and have one hash, so what is kept must tell them apart."""
    html = "<b>x</b>"
    for first, second in ((Markup(html), html), (html, Markup(html))):
        for kept in (
            escaped,
            partial(fill, "<i>{}</i>"),
            partial(badges.explain, what="x"),
            partial(badges.change, 9.0, 0),
        ):
            printed = {type(value): str(kept(value)) for value in (first, second)}
            assert html in printed[Markup]
            assert html not in printed[str]


SOURCES = {
    "layout": "<{% block main %}{% endblock %}>",
    "macros": (
        "{% macro box(title, kind='<k>') %}[{{ title }}|{{ kind }}|{{ caller() if caller is defined else '-' }}]"
        "{% endmacro %}"
    ),
    "page": (
        "{% extends 'layout' %}{% import 'macros' as m %}{% set top = given %}{% block main %}"
        "{% for each in many %}{{ loop.index }}{{ each }}{{ m.box(each) }}{{ kept(each) }}"
        "{% set inner = each %}{{ seen() }}{% endfor %}"
        "{% call m.box(given, kind=number) %}{{ given }}{{ told }}{% endcall %}"
        "{% set block %}{{ given }}{% endset %}{{ block }}{{ given ~ block }}"
        "{{ many | join('<') }}{{ top }}{% endblock %}"
    ),
    "texts": (
        "{{ _('a & b') }}{{ _('a & b') ~ '<' }}{{ _('{x} <', x=given) }}{{ _(given) }}{{ [_('c')] | join }}"
        "{% macro said(text=_('d')) %}{{ text }}{% endmacro %}{{ said() }}"
    ),
    "missing": "{{ nobody }}",
    "wrong": "{% import 'macros' as m %}{{ m.box('a', colour='b') }}",
}


def environment(kind: type[Environment]) -> Environment:
    """One with the templates above and with functions of every sort."""
    made = kind(loader=DictLoader(SOURCES), autoescape=True, undefined=StrictUndefined)

    @pass_context
    def seen(context: Any) -> str:
        return f"{context['inner']}{context['given']}"

    made.globals |= {"kept": lru_cache(lambda text: text * 2), "seen": seen, "told": Told()}
    return made


def test_templates_render_the_same() -> None:
    """Inheritance, loops, macros with callers, sets, functions that want the context."""
    values = {"given": SCRIPT, "many": ["a", "<", Markup("<i>")], "number": 3}
    usual, quick = (environment(kind).get_template("page").render(values) for kind in (Environment, QuickEnvironment))
    assert quick == usual
    assert "<script>" not in quick


def test_texts_without_values_are_translated_as_the_others() -> None:
    """They are in the compiled template, escaped like all."""
    made = [environment(kind) for kind in (Environment, QuickEnvironment)]
    for each in made:
        each.globals["_"] = lambda text, **values: text.upper().format(**{key.upper(): v for key, v in values.items()})
    usual, quick = (each.get_template("texts").render(given="<x>") for each in made)
    assert quick == usual
    assert quick.startswith("A &amp; BA &amp; B&lt;")


@pytest.mark.parametrize(("name", "error"), [("missing", UndefinedError), ("wrong", TypeError)])
def test_mistakes_in_templates_are_told(name: str, error: type[Exception]) -> None:
    """An unknown variable, an unknown argument: as from Jinja2, with the line of the template."""
    for kind in (Environment, QuickEnvironment):
        with pytest.raises(error):
            environment(kind).get_template(name).render()
