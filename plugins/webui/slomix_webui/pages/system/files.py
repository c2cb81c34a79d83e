"""`/system/ingest`: what became of files, and those in quarantine with their reasons; `/system/ingest/{file}`: one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from slomix.web import operations
from slomix.web.api import NotFound
from slomix.web.operations import FileEntry, Summary
from slomix_webui import api
from slomix_webui.frame.deeds import said

if TYPE_CHECKING:
    from slomix.context import PluginContext

MOST_SHOWN = 100
TOLD: Mapping[str, str] = {
    "system.files.retry": "Every refused file that another or a newer parser may read was read again.",
    "system.file.retry": "The file was read again; how it is now stands below.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestView:
    """Counts by outcome and reason, and the latest files in quarantine."""

    summary: Summary
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileView:
    """Everything that the ledger has under a name or hash, the oldest first."""

    entries: tuple[FileEntry, ...]
    said: str


def file_pages(ctx: PluginContext) -> tuple[api.Page, ...]:
    """The records."""
    return (
        api.Page(
            path="/system/ingest",
            name="system.ingest",
            title="Files",
            summary="Files by outcome, and those in quarantine with their reasons",
            load=load_files,
            template="webui/system/ingest.html",
            model=IngestView,
            tables=tables,
            permission=operations.OPERATE,
        ),
        api.Page(
            path="/system/ingest/{file}",
            name="system.file",
            title="File",
            summary="What is known of one file, by its name or SHA-256",
            load=load_file,
            template="webui/system/file.html",
            model=FileView,
            permission=operations.OPERATE,
        ),
    )


async def load_files(asked: api.Asked) -> api.Shown:
    """The ledger."""
    summary = await operations.files(asked.request, latest=MOST_SHOWN)
    view = IngestView(summary=summary, said=said(asked.request, TOLD))
    return api.Shown(model=view, title=asked.text("Files"), crumbs=(crumb(asked),))


async def load_file(asked: api.Asked) -> api.Shown | api.Missing:
    """One file."""
    try:
        entries = await operations.file(asked.request, asked.path["file"][:300])
    except NotFound as problem:
        onward = api.Crumb(label=asked.text("Files"), address="/system/ingest")
        return api.Missing(heading=asked.text("No such file"), detail=problem.detail, onward=onward)
    view = FileView(entries=tuple(entries), said=said(asked.request, TOLD))
    crumbs = (crumb(asked), api.Crumb(label=asked.text("Files"), address="/system/ingest"))
    return api.Shown(model=view, title=entries[-1].name, crumbs=crumbs)


def tables(view: IngestView) -> Mapping[str, api.Table]:
    """The quarantine."""
    columns = ("file", "reason", "detail", "sha256", "received_at")
    rows = [
        (each.name, each.reason, each.detail, each.artifact, each.received_at.isoformat())
        for each in view.summary.latest
    ]
    return {"quarantine": api.Table(columns=columns, rows=rows)}


def crumb(asked: api.Asked) -> api.Crumb:
    """The way back to the system."""
    return api.Crumb(label=asked.text("System"), address="/system")
