"""What the macros in `templates/ui/` are given: small frozen records with defaults for all that is optional."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from markupsafe import Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The head of a column. `kind` is "" for numbers, "first" for the row's name, "text", "lead" or "rank".

    `href` sorts by this column; `sorted` says that it does so now. `meaning` is the tooltip.
    """

    label: str
    kind: str = ""
    href: str = ""
    sorted: Literal["", "ascending", "descending"] = ""
    meaning: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One filter of the scope bar: a list of choices, or an input of `type` when there are none."""

    name: str
    label: str
    value: str = ""
    options: tuple[tuple[str, str], ...] = ()
    type: str = "text"
    attrs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TabLink:
    """A tab. With a `reason` it is there, but can not be opened, and says why."""

    label: str
    href: str = ""
    current: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry of a menu."""

    key: str
    label: str
    href: str
    icon: str = ""
    badge: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NightRow:
    """A night in a list. Where there is no score, `why_no_score` stands in its place."""

    label: str
    href: str
    maps: str
    sample: str
    a: int | None = None
    b: int | None = None
    why_no_score: str = "no score"
    new: bool = False
    live: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One thing the search found."""

    label: str | Markup
    href: str
    icon: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLine:
    """One line of the live feed. `at` is the clock of the round, `icon` a glyph, `mark` lifts the line."""

    at: str
    icon: str
    text: str | Markup
    mark: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One point of a timeline."""

    at: str
    text: str | Markup
    now: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """A person with initials. `name` gives them; `label` is what is printed (coloured, or a link)."""

    name: str
    label: str | Markup = ""
    note: str = ""
