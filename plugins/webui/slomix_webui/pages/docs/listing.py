"""`/docs`: every JSON answer of core and plugins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from slomix.web.api import description
from slomix_webui import api
from slomix_webui.pages.docs.reading import Group, groups


@dataclass(frozen=True, slots=True, kw_only=True)
class DocsView:
    """All operations, by whose they are. `version` is that of the program."""

    version: str
    groups: tuple[Group, ...]


def docs_page() -> api.Page:
    """The page's record."""
    return api.Page(
        path="/docs",
        name="docs",
        title="API",
        summary="Every JSON answer, with its parameters",
        load=load,
        template="webui/docs/docs.html",
        model=DocsView,
        tables=tables,
    )


async def load(asked: api.Asked) -> api.Shown:
    """Everything that `/openapi.json` describes."""
    document = description(asked.request)
    return api.Shown(
        model=DocsView(version=document["info"]["version"], groups=groups(document)),
        title=asked.text("API"),
        description=asked.text("Everything that this site knows, for programs: addresses, parameters and answers."),
    )


def tables(view: DocsView) -> Mapping[str, api.Table]:
    """The operations as CSV."""
    rows = [(each.name, line.method, line.path, line.summary) for each in view.groups for line in each.lines]
    return {"operations": api.Table(columns=("of", "method", "address", "summary"), rows=rows)}
