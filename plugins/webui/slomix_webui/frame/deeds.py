"""What readers do by sending a form: checked, asked back where it has to be, done, and told afterwards.

Whoever is answered here is known: the caller asked for the login and the right. That the form comes from a page of
ours is core's to see (`slomix.web.guard`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse, Response

from slomix.contrib import Page
from slomix.web.auth import own_path
from slomix.web.buckets import take
from slomix.web.problems import BadRequest, Conflict, NotFound, Problem
from slomix_webui.api import Asked, Field, PageScope, Refused
from slomix_webui.frame.document import plain, refused
from slomix_webui.frame.forms import ON, Form, checked, lines, sent
from slomix_webui.frame.preferences import preferences_of

if TYPE_CHECKING:
    from starlette.requests import Request

    from slomix.web.auth import Viewer
    from slomix_webui.frame.house import House

#: Forms that somebody may send.
PER_MINUTE = 40
#: In a form that was asked back: yes, it is meant. No field of a plugin can have the name.
SURE = "-sure"
#: Tells the page that comes next what was done, by its key.
DONE_COOKIE = "slomix_done"
DONE_S = 15
_FORM = "webui/acts/alone.html"

Run = Callable[[Mapping[str, str]], Awaitable[Response | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One thing to do. `run(values)` does it, and may answer a page of its own (a token that is shown once).

    `key` names it for the page `back`, which says what was done; `title` is the heading where it is asked back.
    """

    key: str
    title: str
    run: Run
    back: str
    label: str = ""
    fields: Sequence[Field] = ()
    confirm: str = ""
    danger: bool = False


async def perform(house: House, asked: Asked, deed: Deed) -> Response:
    """Do it, or show the form again with what is wrong."""
    request, text = asked.request, asked.text
    given = await sent(request)
    values, errors = checked(deed.fields, given, text)
    if not errors and deed.confirm and given.get(SURE) != ON:
        return _form(house, asked, deed, values, {}, question=text(deed.confirm))
    status = 400
    if not errors:
        try:
            shown = await deed.run(values)
        except Refused as error:
            errors, status = {error.field: text(str(error))}, 400 if error.field else 409
        except (BadRequest, Conflict, NotFound) as problem:
            errors, status = {"": text(problem.detail)}, int(problem.status)
        else:
            return shown or done(request, deed.key, deed.back)
    return _form(house, asked, deed, values, errors, status=status)


def done(request: Request, key: str, back: str) -> Response:
    """Go back to the page that it was asked for on; it finds by `said` what to tell."""
    answer = RedirectResponse(own_path(back), 303)
    secure = request.url.scheme == "https"
    answer.set_cookie(DONE_COOKIE, key, max_age=DONE_S, secure=secure, httponly=True, samesite="lax")
    return answer


def said(request: Request, told: Mapping[str, str]) -> str:
    """What to tell about the deed that was done last, of those that `told` knows; empty where there is nothing."""
    return told.get(request.cookies.get(DONE_COOKIE, ""), "")


def asked_by(house: House, request: Request, viewer: Viewer | None) -> Asked:
    """What functions of plugins are handed where no page is asked for."""
    preferences = preferences_of(request, house.languages)
    return Asked(
        request=request,
        path=request.path_params,
        scope=PageScope(),
        preferences=preferences,
        text=house.texts(preferences.language).text,
        viewer=viewer,
    )


def as_pages(
    house: House, endpoint: Callable[[Request], Awaitable[Response]], *, changes: bool = True
) -> Callable[[Request], Awaitable[Response]]:
    """A route whose problems look like pages; one that `changes` something takes from the bucket of forms."""

    async def answer(request: Request) -> Response:
        try:
            if changes:
                take(request, "webui.forms", per_minute=PER_MINUTE)
            with house.speaking(request):
                return await endpoint(request)
        except Problem as problem:
            return refused(house, request, problem)

    return answer


def posted(house: House, path: str, endpoint: Callable[[Request], Awaitable[Response]], name: str) -> Page:
    """The route of a form, at an address of the dashboard's own."""
    return Page(path=path, endpoint=as_pages(house, endpoint), name=name, methods=("POST",), root=True)


def _form(
    house: House,
    asked: Asked,
    deed: Deed,
    values: Mapping[str, str],
    errors: Mapping[str, str],
    *,
    question: str = "",
    status: int = 200,
) -> Response:
    url = asked.request.url
    known = {field.name for field in deed.fields}
    elsewhere = [sentence for name, sentence in errors.items() if name not in known]
    form = Form(
        address=url.path + (f"?{url.query}" if url.query else ""),
        label=asked.text(deed.label or deed.title),
        lines=lines(deed.fields, deed.key, values, errors),
        trouble=" ".join(elsewhere),
        question=question,
        back=own_path(deed.back),
        danger=deed.danger,
    )
    return plain(house, asked, _FORM, asked.text(deed.title), {"form": form}, status=status)
