"""What readers may do: actions and settings. The dashboard checks the right, the origin and the fields."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from slomix_webui.api.asked import Asked, Subject, SubjectKind

if TYPE_CHECKING:
    from slomix.web.auth import Viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of the values of a field."""

    value: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of a form. `value` is what stands in it; a `choice` has `choices`, a `number` may have bounds.

    What is sent is one line of at most `most` characters, without spaces around it; a `switch` sends `1` or nothing. A
    field may be left empty unless it is `required`. `label` and `help` are shown in the reader's language.
    """

    name: str
    label: str
    kind: Literal["text", "number", "choice", "switch", "hidden"] = "text"
    value: str = ""
    help: str = ""
    choices: tuple[Choice, ...] = ()
    required: bool = False
    most: int = 200
    least_value: int | None = None
    most_value: int | None = None


class Refused(Exception):
    """What was sent is not done. `field` names the field that is wrong; the text is a sentence for the reader."""

    def __init__(self, sentence: str, *, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """Somebody does something: who, about what, and the fields by name, checked. Settings have no `subject`: `home`."""

    viewer: Viewer
    subject: Subject
    form: Mapping[str, str]
    asked: Asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A button (with fields: a form) on pages about a subject, for readers who are logged in.

    `offer(asked, subject, viewer)` answers its fields for this reader, or None where there is nothing to do; `run` does
    it and raises `Refused` with a sentence where it can not be done. `done` is what the reader is told afterwards.
    `permission`: the capability that it takes; None: being logged in. `confirm`: a question to ask first.
    """

    slot: SubjectKind
    key: str
    label: str
    run: Callable[[Acting], Awaitable[None]]
    offer: Callable[[Asked, Subject, Viewer], Awaitable[Sequence[Field] | None]] | None = None
    done: str = "Done."
    permission: str | None = None
    confirm: str = ""
    order: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsPanel:
    """A group of settings on the reader's page (`user`), or on that of the administrators.

    `fields(asked, viewer)` answers what can be set with its present values, `save(acting)` keeps what was sent and
    raises `Refused` with the field that is wrong. `permission`: the capability that a panel of administrators takes.
    """

    key: str
    title: str
    fields: Callable[[Asked, Viewer], Awaitable[Sequence[Field]]]
    save: Callable[[Acting], Awaitable[None]]
    audience: Literal["user", "admin"] = "user"
    permission: str | None = None
    order: int = 100
