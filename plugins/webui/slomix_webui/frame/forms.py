"""Forms of actions, settings and the dashboard's own pages: their fields, what was sent, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from slomix_webui.api import Field

if TYPE_CHECKING:
    from starlette.requests import Request

#: Of a form; a field is cut off from being read at its own limit, and no form is larger than the two together.
MOST_FIELDS = 40
MOST_BYTES = 4096
#: Digits of a number that somebody may send.
MOST_DIGITS = 15
ON = "1"

Text = Callable[..., str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A field as it stands in a form: with what was sent, and what is wrong with that. `id` is unique on the page."""

    field: Field
    id: str
    value: str
    error: str = ""

    @property
    def options(self) -> tuple[tuple[str, str], ...]:
        """What can be chosen, as value and label; nothing at first where nothing has to be, or stands there yet."""
        choices = tuple((choice.value, choice.label) for choice in self.field.choices)
        known = any(value == self.value for value, _ in choices)
        return choices if known else (("", "–"), *choices)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form on a page. `label` is on its button; `trouble` is what is wrong with all of it.

    With `question` it asks whether that is meant, and the fields are hidden; `quiet` is a small button, `danger` a red
    one.
    """

    address: str
    label: str
    lines: tuple[Line, ...] = ()
    trouble: str = ""
    question: str = ""
    back: str = ""
    quiet: bool = False
    danger: bool = False


def lines(
    fields: Sequence[Field], key: str, given: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None
) -> tuple[Line, ...]:
    """The fields with their present values, or with what was `given`. `key` tells the form from others on the page."""
    wrong = errors or {}
    return tuple(
        Line(
            field=field,
            id=f"{key}-{field.name}".replace(".", "-"),
            value=field.value if given is None else given.get(field.name, ""),
            error=wrong.get(field.name, ""),
        )
        for field in fields
    )


async def sent(request: Request) -> dict[str, str]:
    """What a form sent, the last value of each field. Raises 400 for more or longer ones than any form has."""
    async with request.form(max_files=0, max_fields=MOST_FIELDS, max_part_size=MOST_BYTES) as form:
        return {name: str(value) for name, value in form.items()}


def checked(fields: Sequence[Field], given: Mapping[str, str], text: Text) -> tuple[dict[str, str], dict[str, str]]:
    """The values of the fields, and sentences by name for those that are wrong. Pure. A switch is `1` or empty."""
    values = {field.name: given.get(field.name, "").strip() for field in fields}
    found = {field.name: _wrong(field, values[field.name], text) for field in fields}
    return values, {name: sentence for name, sentence in found.items() if sentence}


def _wrong(field: Field, value: str, text: Text) -> str:
    if not value:
        return text("Something has to stand here.") if field.required else ""
    if len(value) > field.most:
        return text("That is longer than {most} characters.", most=field.most)
    if not value.isprintable():
        return text("There are characters in it that can not be kept.")
    if field.kind == "choice" and all(choice.value != value for choice in field.choices):
        return text("Choose one of those that are there.")
    if field.kind == "switch" and value != ON:
        return text("That is on or off.")
    return _wrong_number(field, value, text) if field.kind == "number" else ""


def _wrong_number(field: Field, value: str, text: Text) -> str:
    digits = value.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > MOST_DIGITS:
        return text("That has to be a whole number.")
    if field.least_value is not None and int(value) < field.least_value:
        return text("At least {least}.", least=field.least_value)
    if field.most_value is not None and int(value) > field.most_value:
        return text("At most {most}.", most=field.most_value)
    return ""
