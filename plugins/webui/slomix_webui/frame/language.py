"""Texts in the reader's language. English stands in the templates and in the code; a catalogue (`de.po`) translates.

A text that a catalogue lacks is shown in English. `{name}` in a text is a value; values are escaped in templates.
"""

from __future__ import annotations

import gettext
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po
from markupsafe import Markup

from slomix_webui.locale_forms import numbers_in
from slomix_webui.wording import ENGLISH


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The texts of one language. `plural(n)` is the number of the form for a count."""

    language: str
    texts: Mapping[str, str] = field(default_factory=dict)
    plurals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    plural: Callable[[int], int] = lambda count: int(count != 1)

    def text(self, message: str, **values: Any) -> str:
        """The text with its values; markup where one of the values is markup."""
        found = self.texts.get(message, message)
        return _filled(found, values) if values else found

    def count(self, count: int, one: str, many: str, **values: Any) -> str:
        """The form of a text for `count`, which stands in it as `{count}` with groups of three."""
        forms = self.plurals.get(one, (one, many))
        form = forms[min(self.plural(count), len(forms) - 1)]
        told = f"{count:,}"
        return _filled(form, {"count": told if self.language == ENGLISH else numbers_in(told, self.language), **values})


def _filled(text: str, values: Mapping[str, Any]) -> str:
    for value in values.values():
        if value.__class__ is not str and hasattr(value, "__html__"):
            return Markup("{}").format(text).format(**values)
    return text.format(**values)


@cache
def catalogue(language: str, folders: tuple[Path, ...]) -> Catalogue:
    """The texts of a language from all folders that have a catalogue of it."""
    texts: dict[str, str] = {}
    plurals: dict[str, tuple[str, ...]] = {}
    forms: Callable[[int], int] | None = None
    for file in (folder / f"{language}.po" for folder in folders):
        if not file.is_file():
            continue
        with file.open("rb") as stream:
            read = read_po(stream, locale=language)
        forms = forms or gettext.c2py(read.plural_expr)
        for message in read:
            if isinstance(message.id, tuple) and isinstance(message.string, tuple) and all(message.string):
                plurals[message.id[0]] = message.string
            elif isinstance(message.id, str) and message.id and isinstance(message.string, str) and message.string:
                texts[message.id] = message.string
    return Catalogue(language, texts, plurals, forms or (lambda count: int(count != 1)))


def languages(folders: Iterable[Path]) -> tuple[str, ...]:
    """The languages that there are catalogues of, English first."""
    found = {file.stem for folder in folders for file in folder.glob("*.po")}
    return (ENGLISH, *sorted(found - {ENGLISH}))


def preferred(header: str, known: tuple[str, ...]) -> str:
    """The best of the `known` languages for an Accept-Language header; English where none fits."""
    wanted: list[tuple[float, int, str]] = []
    for place, part in enumerate(header[:400].split(",")):
        tag, _, weight = part.strip().partition(";")
        quality = weight.strip().removeprefix("q=") or "1"
        try:
            wanted.append((-float(quality), place, tag.split("-")[0].lower()))
        except ValueError:
            continue
    return next((tag for weight, _, tag in sorted(wanted) if weight < 0 and tag in known), ENGLISH)
