"""`/system/jobs`: what waits, runs and was given up; `/system/jobs/{number}`: one, with its errors in full."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from slomix.web import operations
from slomix.web.api import BadRequest, NotFound
from slomix.web.operations import Counts, JobEntry, LogEntry
from slomix.web.problems import Conflict
from slomix_webui import api
from slomix_webui.frame.deeds import said
from slomix_webui.pages.system.files import crumb

if TYPE_CHECKING:
    from slomix.context import PluginContext

#: PostgreSQL counts no further.
MOST_NUMBER = 2**63 - 1
TOLD: Mapping[str, str] = {
    "system.job.retry": "The job is on the queue again; a worker runs it.",
    "system.job.bury": "The job does not run until it is tried again.",
    "system.job.cancel": "The job is gone.",
    "system.jobs.retry": "Every job that was given up is on the queue again.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class JobsView:
    """Jobs that are not done, those that were given up first."""

    counts: Counts
    jobs: tuple[JobEntry, ...]
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JobView:
    """One job and what happened to it."""

    job: JobEntry
    log: tuple[LogEntry, ...]
    said: str


def job_pages(ctx: PluginContext) -> tuple[api.Page, ...]:
    """The records."""
    return (
        api.Page(
            path="/system/jobs",
            name="system.jobs",
            title="Background jobs",
            summary="Jobs that wait, run or were given up",
            load=load_jobs,
            template="webui/system/jobs.html",
            model=JobsView,
            permission=operations.OPERATE,
        ),
        api.Page(
            path="/system/jobs/{number}",
            name="system.job",
            title="Job",
            summary="One job with its errors",
            load=load_job,
            template="webui/system/job.html",
            model=JobView,
            permission=operations.OPERATE,
        ),
    )


async def load_jobs(asked: api.Asked) -> api.Shown:
    """The queue."""
    counts, jobs = await operations.jobs(asked.request)
    view = JobsView(counts=counts, jobs=tuple(jobs), said=said(asked.request, TOLD))
    return api.Shown(model=view, title=asked.text("Background jobs"), crumbs=(crumb(asked),))


async def load_job(asked: api.Asked) -> api.Shown | api.Missing:
    """One job; a job that is done is not there any more."""
    onward = api.Crumb(label=asked.text("Background jobs"), address="/system/jobs")
    try:
        job, log = await operations.job(asked.request, job_number(asked.path["number"]))
    except (Conflict, NotFound, BadRequest) as problem:
        return api.Missing(heading=asked.text("No such job"), detail=problem.detail, onward=onward)
    view = JobView(job=job, log=tuple(log), said=said(asked.request, TOLD))
    title = asked.text("Job {number}: {name}", number=job.id, name=job.name)
    return api.Shown(model=view, title=title, crumbs=(crumb(asked), onward))


def job_number(given: str) -> int:
    """The number in an address. Raises `BadRequest`."""
    if not (given.isascii() and given.isdigit()) or len(given) > 19 or int(given) > MOST_NUMBER:
        raise BadRequest("That is no number.")
    return int(given)
