"""`/metrics`: numbers for Prometheus. Labels are route templates, outcomes and plugins, never what people send."""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
from collections.abc import Iterator, Mapping
from time import perf_counter
from typing import Any, Protocol

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from slomix.people.rights import OPERATE
from slomix.web.auth import viewer
from slomix.web.cache import AnswerCache
from slomix.web.guard import address
from slomix.web.mounts import TEMPLATE
from slomix.web.problems import Forbidden, Unauthorized

log = structlog.get_logger("slomix.web")

LIMIT_S = 2.0
METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
#: Where no route answered.
NOWHERE = "none"
OUTCOMES = ("imported", "empty", "quarantined")
STATES = ("running", "degraded", "failed", "blocked", "missing", "incompatible", "loaded", "stopped", "disabled")

FILES = "select outcome, count(*) from slomix.artifact group by outcome"
JOBS = """
select count(*) filter (where status = 'queued') as waiting, count(*) filter (where status = 'failed') as buried
from slomix.pgqueuer
"""


class Database(Protocol):
    """The part of the database that is needed here."""

    @property
    def pool_use(self) -> tuple[int, int]: ...
    async def fetch(self, query: str, *args: Any) -> list[Any]: ...
    async def fetchrow(self, query: str, *args: Any) -> Any | None: ...


class Feed(Protocol):
    """The part of the live feed that is needed here."""

    @property
    def seen(self) -> int: ...
    async def latest(self) -> int: ...


class Host(Protocol):
    """What the host says of its plugins."""

    @property
    def states(self) -> Mapping[str, Any]: ...


class Streams(Protocol):
    """The open event streams."""

    @property
    def count(self) -> int: ...


class Metrics:
    """The numbers of one program."""

    def __init__(
        self, db: Database, feed: Feed, host: Host, token: SecretStr | None, *, answers: AnswerCache, streams: Streams
    ) -> None:
        self._db = db
        self._feed = feed
        self._host = host
        self._token = token
        registry = self._registry = CollectorRegistry()
        self.requests = Counter("slomix_requests", "Requests", ("route", "method", "status"), registry=registry)
        self.seconds = Histogram(
            "slomix_request_seconds",
            "Time until an answer begins",
            ("route",),
            buckets=(0.005, 0.02, 0.1, 0.5, 2.0, 10.0),
            registry=registry,
        )
        self._up = Gauge("slomix_database_up", "Whether the database answers", registry=registry)
        self._files = Gauge("slomix_files", "Files of game servers", ("outcome",), registry=registry)
        self._jobs = Gauge("slomix_jobs", "Jobs on the queue", ("state",), registry=registry)
        self._lag = Gauge("slomix_event_lag", "Published events this program has not told yet", registry=registry)
        self._pool = Gauge("slomix_pool_connections", "Database connections", ("state",), registry=registry)
        open_streams = Gauge("slomix_event_streams", "Event streams that are open", registry=registry)
        open_streams.set_function(lambda: streams.count)
        tasks = Gauge("slomix_tasks", "What runs and waits in the event loop", registry=registry)
        tasks.set_function(lambda: len(asyncio.all_tasks()))
        self._plugins = Gauge("slomix_plugin_state", "1 for a plugin's state", ("plugin", "state"), registry=registry)
        registry.register(_KeptAnswers(answers))
        self._children: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def count(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count an answer. The child of a counter is looked up once: finding it takes longer than counting."""
        key = route, method, status
        children = self._children.get(key)
        if children is None:
            children = self._children[key] = (
                self.requests.labels(route, method, str(status)),
                self.seconds.labels(route),
            )
        children[0].inc()
        children[1].observe(seconds)

    async def answer(self, request: Request) -> Response:
        """The text that Prometheus reads, for whoever may."""
        await self._admit(request)
        await self._look()
        return Response(generate_latest(self._registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def _admit(self, request: Request) -> None:
        """Programs on this machine may, whoever operates the house, and others with the token.

        Raises `Forbidden` or `Unauthorized`.
        """
        if is_loopback(address(request.scope)):
            return
        who = await viewer(request)
        if who is not None and who.may(OPERATE):
            return
        if self._token is None:
            raise Forbidden("Metrics are for this machine only; slomix.web.metrics_token opens them to others.")
        given = request.headers.get("authorization", "").encode()
        if not hmac.compare_digest(given, b"Bearer " + self._token.get_secret_value().encode()):
            raise Unauthorized(
                "The metrics token is needed (Authorization: Bearer …).",
                headers={"WWW-Authenticate": 'Bearer realm="slomix metrics"'},
            )

    async def _look(self) -> None:
        """Read what is not counted as it happens. Without a database the last numbers would be lies: they are gone."""
        for name, state in self._host.states.items():
            for label in STATES:
                self._plugins.labels(name, label).set(state.state == label)
        open_, idle = self._db.pool_use
        self._pool.labels("used").set(open_ - idle)
        self._pool.labels("idle").set(idle)
        try:
            async with asyncio.timeout(LIMIT_S):
                files = {row[0]: row[1] for row in await self._db.fetch(FILES)}
                jobs = await self._db.fetchrow(JOBS)
                latest = await self._feed.latest()
        except Exception as error:
            log.debug("metrics without the database", error=repr(error))
            self._up.set(0)
            for gauge in (self._files, self._jobs):
                gauge.clear()
            return
        self._up.set(1)
        for outcome in OUTCOMES:
            self._files.labels(outcome).set(files.get(outcome, 0))
        for state, count in (jobs or {}).items():
            self._jobs.labels(state).set(count)
        self._lag.set(max(0, latest - self._feed.seen))


class _KeptAnswers(Collector):
    """What the answer cache counts by itself."""

    def __init__(self, answers: AnswerCache) -> None:
        self._answers = answers

    def collect(self) -> Iterator[Metric]:
        """The numbers at this moment."""
        counts = self._answers.counts
        outcomes = CounterMetricFamily("slomix_answers", "Pages for everybody", labels=["outcome"])
        outcomes.add_metric(["kept"], counts.kept)
        outcomes.add_metric(["not_modified"], counts.not_modified)
        outcomes.add_metric(["made"], counts.made)
        yield outcomes
        yield CounterMetricFamily("slomix_answers_evicted", "Kept pages that made room", value=counts.evicted)
        yield GaugeMetricFamily("slomix_answers_bytes", "Memory of kept pages", value=self._answers.bytes)


class Counted:
    """Pure ASGI: counts every answer by the template of its route."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = perf_counter()

        async def count(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = scope.get(TEMPLATE, NOWHERE)
                method = scope["method"] if scope["method"] in METHODS else "other"
                self._metrics.count(route, method, message["status"], perf_counter() - began)
            await send(message)

        await self.app(scope, receive, count)


def is_loopback(host: str) -> bool:
    """Whether an address is this machine's own."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
