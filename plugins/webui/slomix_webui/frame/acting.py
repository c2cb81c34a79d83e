"""Actions of plugins on a subject, and their panels of settings: offered, checked and run."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal, cast
from urllib.parse import urlencode

from msgspec import Meta

from slomix.contrib import Page
from slomix.web import auth
from slomix.web.api import NotFound, query
from slomix.web.problems import Conflict
from slomix_webui.api import Acting, Action, Asked, Field, SettingsPanel, Subject, SubjectKind
from slomix_webui.frame.blocks import FAILED, limited
from slomix_webui.frame.deeds import Deed, as_pages, asked_by, perform, posted, said
from slomix_webui.frame.document import plain
from slomix_webui.frame.forms import Form, lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from slomix.context import Contribution
    from slomix.web.auth import Viewer
    from slomix_webui.frame.house import House

#: How long a plugin may think about what it offers.
OFFER_S = 2.0
Audience = Literal["user", "admin"]
#: Where the panels of readers and of administrators are.
SETTINGS: Mapping[Audience, str] = {"user": "/me", "admin": "/system/settings"}
NOWHERE = Subject(kind="home")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    slot: SubjectKind
    id: Annotated[str, Meta(max_length=64)] = ""
    back: Annotated[str, Meta(max_length=auth.LONGEST_PATH)] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """An action that a reader may do now, or that they could after a login (then without a form)."""

    key: str
    label: str
    form: Form | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A panel of settings with its present values; without a form where it did not answer."""

    key: str
    title: str
    form: Form | None


def routes(house: House) -> Iterable[Page]:
    """Where actions are listed and sent to, and settings."""

    async def actions(request: Request) -> Response:
        return await _list(house, request)

    async def act(request: Request) -> Response:
        return await _act(house, request)

    async def user(request: Request) -> Response:
        return await _save(house, request, "user")

    async def admin(request: Request) -> Response:
        return await _save(house, request, "admin")

    shown = as_pages(house, actions, changes=False)
    yield Page(path="/me/actions", endpoint=shown, name="actions", root=True)
    yield posted(house, "/me/actions/{plugin}/{key}", act, "act")
    yield posted(house, "/me/settings/{plugin}/{key}", user, "settings")
    yield posted(house, "/system/settings/{plugin}/{key}", admin, "settings.admin")


# ---- actions --------------------------------------------------------------------------------


async def _list(house: House, request: Request) -> Response:
    """What the reader may do about a subject: a page, or with `?part=main` what a page puts at its end."""
    where = query(request, _Asked)
    viewer = await auth.viewer(request)
    asked = asked_by(house, request, viewer)
    fitting = [each for each in house.actions if each.record.slot == where.slot]
    if viewer is None:
        offers = [Offer(key=_key(each), label=asked.text(each.record.label)) for each in fitting]
    else:
        made = await asyncio.gather(*(_offer(asked, each, where, viewer) for each in fitting))
        offers = [each for each in made if each is not None]
    told = {_key(each): each.record.done for each in fitting}
    values = {
        "offers": offers,
        "said": said(request, told),
        "known": viewer is not None,
        "login": auth.login_address(request, back_to=where.back or None),
        "subject_address": auth.own_path(where.back),
    }
    return plain(house, asked, "webui/acts/actions.html", asked.text("What you can do here"), values)


async def _offer(asked: Asked, found: Contribution[Action], where: _Asked, viewer: Viewer) -> Offer | None:
    """None where there is nothing to do for this reader, or the plugin does not say."""
    action = found.record
    fields = await _fields_of(asked, found, where, viewer)
    if fields is None:
        return None
    label = asked.text(action.label)
    # a page that has no way back (without script) is come back to itself
    back = where.back if asked.request.query_params.get("part") == "main" else _here(asked.request)
    address = f"/me/actions/{found.plugin}/{action.key}?" + urlencode(
        {"slot": where.slot, "id": where.id, "back": f"{back}#acts" if back else ""}
    )
    shown = lines(fields, _key(found))
    form = Form(address=address, label=asked.text(pressed(action.label, fields)), lines=shown)
    return Offer(key=_key(found), label=label, form=form)


def pressed(label: str, fields: Sequence[Field]) -> str:
    """What is on the button of an action: its label stands above where there is something to fill in. Pure."""
    return "Send" if any(field.kind != "hidden" for field in fields) else label


async def _fields_of(
    asked: Asked, found: Contribution[Action], where: _Asked, viewer: Viewer
) -> Sequence[Field] | None:
    action = found.record
    if action.permission is not None and not viewer.may(action.permission):
        return None
    if action.offer is None:
        return ()
    offer, subject = action.offer, Subject(kind=where.slot, id=where.id)
    said_by = await limited(f"action {_key(found)}", lambda: offer(asked, subject, viewer), OFFER_S)
    return None if said_by is FAILED else cast("Sequence[Field] | None", said_by)


async def _act(house: House, request: Request) -> Response:
    """`POST`: do it. The right is asked for anew, and so is what the plugin offers."""
    where = query(request, _Asked)
    wanted = request.path_params["plugin"], request.path_params["key"]
    found = next(
        (each for each in house.actions if (each.plugin, each.record.key) == wanted and each.record.slot == where.slot),
        None,
    )
    if found is None:
        raise NotFound("There is nothing like that to do here.")
    action = found.record
    viewer = await (auth.require(request, action.permission) if action.permission else auth.require_login(request))
    asked = asked_by(house, request, viewer)
    fields = await _fields_of(asked, found, where, viewer)
    if fields is None:
        raise Conflict(asked.text("There is nothing to do for you here, or not any more."))

    async def run(values: Mapping[str, str]) -> None:
        subject = Subject(kind=where.slot, id=where.id)
        await action.run(Acting(viewer=viewer, subject=subject, form=values, asked=asked))

    deed = Deed(
        key=_key(found),
        title=action.label,
        label=pressed(action.label, fields),
        run=run,
        back=where.back or "/",
        fields=fields,
        confirm=action.confirm,
    )
    return await perform(house, asked, deed)


# ---- settings -------------------------------------------------------------------------------


async def panels(house: House, asked: Asked, viewer: Viewer, audience: Audience) -> tuple[Panel, ...]:
    """The panels that a reader may use, in their order."""
    fitting = [each for each in house.settings if each.record.audience == audience and _may(each.record, viewer)]
    return tuple(await asyncio.gather(*(_panel(asked, each, viewer) for each in fitting)))


def told_of_settings(house: House) -> dict[str, str]:
    """What to say after settings were saved, by the key of what was done."""
    return {_settings_key(each): "Saved." for each in house.settings}


async def _panel(asked: Asked, found: Contribution[SettingsPanel], viewer: Viewer) -> Panel:
    record, key = found.record, _settings_key(found)
    fields = await limited(f"settings {key}", lambda: record.fields(asked, viewer), OFFER_S)
    title = asked.text(record.title)
    if fields is FAILED:
        return Panel(key=key, title=title, form=None)
    area = "me" if record.audience == "user" else "system"
    address = f"/{area}/settings/{found.plugin}/{record.key}"
    form = Form(address=address, label=asked.text("Save"), lines=lines(fields, key))
    return Panel(key=key, title=title, form=form)


async def _save(house: House, request: Request, audience: Audience) -> Response:
    wanted = request.path_params["plugin"], request.path_params["key"], audience
    found = next(
        (each for each in house.settings if (each.plugin, each.record.key, each.record.audience) == wanted), None
    )
    if found is None:
        raise NotFound("There are no such settings.")
    record = found.record
    viewer = await _allowed(request, record)
    asked = asked_by(house, request, viewer)
    fields = await record.fields(asked, viewer)

    async def run(values: Mapping[str, str]) -> None:
        await record.save(Acting(viewer=viewer, subject=NOWHERE, form=values, asked=asked))

    key = _settings_key(found)
    back = f"{SETTINGS[audience]}#{key.replace('.', '-')}"
    return await perform(
        house, asked, Deed(key=key, title=record.title, run=run, back=back, label="Save", fields=fields)
    )


async def _allowed(request: Request, panel: SettingsPanel) -> Viewer:
    if panel.permission is not None:
        return await auth.require(request, panel.permission)
    return await (auth.require_tier(request, "admin") if panel.audience == "admin" else auth.require_login(request))


def _may(panel: SettingsPanel, viewer: Viewer) -> bool:
    if panel.permission is not None:
        return viewer.may(panel.permission)
    return panel.audience == "user" or viewer.is_at_least("admin")


def _key(found: Contribution[Action]) -> str:
    return f"{found.plugin}.{found.record.key}"


def _settings_key(found: Contribution[SettingsPanel]) -> str:
    return f"settings.{found.plugin}.{found.record.key}"


def _here(request: Request) -> str:
    return f"{request.url.path}?{request.url.query}"
