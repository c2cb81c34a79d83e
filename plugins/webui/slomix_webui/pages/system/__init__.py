"""The system: whether the whole chain runs, and the pages of those who look after it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from slomix import contrib
from slomix.web.operations import OPERATE
from slomix_webui import api
from slomix_webui.pages.room import Room
from slomix_webui.pages.system import forms
from slomix_webui.pages.system.files import file_pages
from slomix_webui.pages.system.house import house_pages
from slomix_webui.pages.system.jobs import job_pages
from slomix_webui.pages.system.overview import system_page
from slomix_webui.pages.system.people import people_pages

if TYPE_CHECKING:
    from slomix.context import PluginContext


def _pages(ctx: PluginContext) -> Iterable[api.Page]:
    yield system_page(ctx)
    for pages in (file_pages, job_pages, house_pages, people_pages):
        yield from pages(ctx)


def _nav(ctx: PluginContext) -> Iterable[api.NavItem]:
    yield api.NavItem(slot="footer", label="System", address="/system", order=80, pages=("system",), icon="system")
    entry = partial(api.NavItem, slot="admin")
    files, jobs = ("system.ingest", "system.file"), ("system.jobs", "system.job")
    yield entry(label="Files", address="/system/ingest", order=10, pages=files, permission=OPERATE)
    yield entry(label="Background jobs", address="/system/jobs", order=20, pages=jobs, permission=OPERATE)
    yield entry(label="Plugins", address="/system/plugins", order=30, pages=("system.plugins",), permission=OPERATE)
    yield entry(label="Game servers", address="/system/servers", order=40, pages=("system.servers",), tier="admin")
    people = ("system.users", "system.user")
    yield entry(label="Users and rights", address="/system/users", order=50, pages=people, tier="admin")
    yield entry(label="Settings", address="/system/settings", order=60, pages=("system.settings",), tier="admin")
    yield entry(label="Audit log", address="/system/audit", order=70, pages=("system.audit",), tier="owner")


def _routes(ctx: PluginContext) -> Iterable[contrib.Page]:
    return forms.routes(ctx)


ROOM = Room(pages=_pages, nav=_nav, routes=_routes)
