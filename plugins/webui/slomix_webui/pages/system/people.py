"""`/system/users`: who has an account here and what they may; `/system/audit`: who changed what."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from slomix.web import auth, users
from slomix_webui import api
from slomix_webui.frame.deeds import said
from slomix_webui.pages.system.files import crumb
from slomix_webui.pages.system.jobs import job_number

if TYPE_CHECKING:
    from slomix.context import PluginContext
    from slomix.web.users import Entry, User

_ACCOUNT = re.compile(r"[1-9][0-9]{14,18}")
MOST_USERS = 50
MOST_PAGES = 200
MOST_LINES = 100
#: What `undo` takes back.
UNDONE = ("person.link", "person.rename", "person.merge", "person.split")
TOLD: Mapping[str, str] = {
    "system.user.grant": "They have the right from now on.",
    "system.user.revoke": "They do not have the right any more.",
    "system.user.tier": "Their tier is another one from now on.",
    "system.user.end": "They are logged out everywhere.",
    "system.audit.undo": "That is taken back.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class UsersQuery:
    """`q` is part of a name, or a Discord id."""

    q: Annotated[str, Meta(max_length=64)] = ""
    page: Annotated[int, Meta(ge=1, le=MOST_PAGES)] = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditQuery:
    """`subject` is as in the log (`player:…`), `action` what an action begins with."""

    subject: Annotated[str, Meta(max_length=100)] = ""
    action: Annotated[str, Meta(max_length=40)] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserLine:
    """An account. The Discord id is a text, as it is larger than numbers of JSON."""

    discord_id: str
    name: str
    tier: str
    rights: tuple[str, ...]
    player_id: str | None
    player: str | None
    first_login_at: datetime | None
    last_login_at: datetime | None
    sessions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RightLine:
    """A right that can be granted; `roles` are those of the guild that give it."""

    name: str
    summary: str
    plugin: str
    everybody: bool
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UsersView:
    """A page of accounts, and every right there is. `unknown`: an account is looked for that was never here."""

    users: tuple[UserLine, ...]
    rights: tuple[RightLine, ...]
    q: str
    page: int
    more: bool
    unknown: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UserView:
    """One account. `names_admins`: the reader may change tiers."""

    user: UserLine
    rights: tuple[RightLine, ...]
    names_admins: bool
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """A line of the log. `detail` is JSON; `undoable`: it can be taken back."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    reason: str
    detail: str
    undone_by: int | None
    undoable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditView:
    """The latest lines of the log."""

    lines: tuple[AuditLine, ...]
    subject: str
    action: str
    said: str


def people_pages(ctx: PluginContext) -> tuple[api.Page, ...]:
    """The records. Whom they are for is asked by the functions of core that are called."""
    return (
        api.Page(
            path="/system/users",
            name="system.users",
            title="Users and rights",
            summary="Who has an account here, and what they may",
            load=load_users,
            template="webui/system/users.html",
            model=UsersView,
            params={"q": (str, "part of a name, or a Discord id"), "page": (int, "from 1")},
            personal=True,
        ),
        api.Page(
            path="/system/users/{discord_id}",
            name="system.user",
            title="User",
            summary="One account with its rights",
            load=load_user,
            template="webui/system/user.html",
            model=UserView,
            personal=True,
        ),
        api.Page(
            path="/system/audit",
            name="system.audit",
            title="Audit log",
            summary="Who changed what, when and why",
            load=load_audit,
            template="webui/system/audit.html",
            model=AuditView,
            tables=tables,
            params={"subject": (str, "as player:…"), "action": (str, "what the action begins with")},
            personal=True,
        ),
    )


async def load_users(asked: api.Asked) -> api.Shown:
    """Admins: a page of accounts."""
    wanted = asked.query(UsersQuery)
    offset = (wanted.page - 1) * MOST_USERS
    found = await users.users(asked.request, text=wanted.q, limit=MOST_USERS + 1, offset=offset)
    view = UsersView(
        users=tuple(user_line(each) for each in found[:MOST_USERS]),
        rights=await _rights(asked),
        q=wanted.q,
        page=wanted.page,
        more=len(found) > MOST_USERS,
        unknown=not found and is_account(wanted.q.strip()),
    )
    return api.Shown(model=view, title=asked.text("Users and rights"), crumbs=(crumb(asked),))


async def load_user(asked: api.Asked) -> api.Shown | api.Missing:
    """Admins: one account, also one that was never here: it may be given a right before its first login."""
    me = await auth.require_tier(asked.request, "admin")
    discord_id = job_number(asked.path["discord_id"])
    found = await users.users(asked.request, text=str(discord_id), limit=MOST_USERS)
    user = next((user_line(each) for each in found if each.discord_id == discord_id), None)
    onward = api.Crumb(label=asked.text("Users and rights"), address="/system/users")
    if user is None and is_account(asked.path["discord_id"]):
        user = nobody_yet(asked.path["discord_id"])
    if user is None:
        return api.Missing(heading=asked.text("Nobody with this account"), onward=onward)
    view = UserView(
        user=user,
        rights=await _rights(asked),
        names_admins=me.is_at_least("owner"),
        said=said(asked.request, TOLD),
    )
    return api.Shown(model=view, title=f"{user.name}: {asked.text('Users and rights')}", crumbs=(crumb(asked), onward))


async def load_audit(asked: api.Asked) -> api.Shown:
    """The owner: the log."""
    wanted = asked.query(AuditQuery)
    found = await users.log(
        asked.request, subject=wanted.subject or None, action=wanted.action or None, limit=MOST_LINES
    )
    view = AuditView(
        lines=tuple(audit_line(each) for each in found),
        subject=wanted.subject,
        action=wanted.action,
        said=said(asked.request, TOLD),
    )
    return api.Shown(model=view, title=asked.text("Audit log"), crumbs=(crumb(asked),))


def is_account(text: str) -> bool:
    """Whether a text looks like the number of a Discord account. Pure."""
    return _ACCOUNT.fullmatch(text) is not None


def nobody_yet(discord_id: str) -> UserLine:
    """An account that nothing is known of. Pure."""
    return UserLine(
        discord_id=discord_id,
        name=discord_id,
        tier="everyone",
        rights=(),
        player_id=None,
        player=None,
        first_login_at=None,
        last_login_at=None,
        sessions=0,
    )


def user_line(user: User) -> UserLine:
    """An account as the pages show it. Pure."""
    return UserLine(
        discord_id=str(user.discord_id),
        name=user.name,
        tier=user.tier,
        rights=user.rights,
        player_id=user.player_id,
        player=user.player,
        first_login_at=user.first_login_at,
        last_login_at=user.last_login_at,
        sessions=user.sessions,
    )


def audit_line(entry: Entry) -> AuditLine:
    """A line of the log as the page shows it. Pure."""
    return AuditLine(
        id=entry.id,
        at=entry.at,
        actor=entry.actor,
        action=entry.action,
        subject=entry.subject,
        reason=entry.reason,
        detail=json.dumps(dict(entry.detail), ensure_ascii=False, default=str) if entry.detail else "",
        undone_by=entry.undone_by,
        undoable=entry.action in UNDONE and entry.undone_by is None,
    )


async def _rights(asked: api.Asked) -> tuple[RightLine, ...]:
    return tuple(
        RightLine(
            name=each.name,
            summary=each.summary,
            plugin=each.plugin,
            everybody=each.everybody,
            roles=tuple(str(role) for role in each.roles),
        )
        for each in await users.rights(asked.request)
    )


def tables(view: AuditView) -> Mapping[str, api.Table]:
    """The log."""
    columns = ("id", "at", "actor", "action", "subject", "reason", "detail", "undone_by")
    rows = [
        (each.id, each.at.isoformat(), each.actor, each.action, each.subject, each.reason, each.detail, each.undone_by)
        for each in view.lines
    ]
    return {"log": api.Table(columns=columns, rows=rows)}
