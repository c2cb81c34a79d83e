"""Every address of `/openapi.json` asked with what it says it takes, with other things, and with hostile text.

    python -m benchmarks.fuzz_api [--examples 50] [--seed 1] [--rounds 40] [--hostile 0]

Schemathesis makes the values and looks at the answers: no 5xx, only statuses, content types and shapes that are
described. The program runs with all of our plugins and simulated rounds; who asks is the owner, with a server's token
and, where it says so, nobody. Known ids are asked for as well, so that whole answers are looked at. `--hostile` is how
many hostile texts each parameter is sent; 0: all.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import HypothesisException
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi import checks as openapi_checks

from slomix.identity.servers import add_server, create_token
from slomix.testing.browser import Site
from slomix_webui.api import Tab
from slomix_webui.testing.readers import cookies_of
from slomix_webui.testing.world import quiet, world

PLUGINS = ("stats", "webui", "availability", "voice", "greatshot")
CHECKS = [
    not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_headers_conformance,
    openapi_checks.response_schema_conformance,
    openapi_checks.negative_data_rejection,
]
#: What a parameter may be sent by somebody who means no good. Bytes are sent as they are.
HOSTILE: Sequence[str | bytes] = (
    "\x00", "a\x00b", b"\xed\xa0\x80", b"\xff\xfe", "\u2028", "\u202egnp.exe", "𝒳" * 70, "a" * 1500, "a" * 9000,
    "'; drop table slomix.round; --", "%' or 1=1 --", "%", "_", "\\", "<script>alert(1)</script>", "{{7*7}}",
    "../../etc/passwd", "..%2f..%2fetc", "//evil.example", "javascript:alert(1)", "a\r\nSet-Cookie: x=1",
    "-1", "0", "1e309", "NaN", "Infinity", str(2**31), str(2**63), str(2**64), "9" * 400, "٣", "0x1F", "1_000", " 1 ",
    "true", "null", "[]", "2026-13-45", "9999-12-31", "0000-00-00", "99999d", "9999-W60", "2026-11-07..2026-11-01",
    "99v99", "0v0", "r" + "f" * 15, ",".join(["a"] * 300), "",
)  # fmt: skip
#: Where nobody knows whether what was sent is right.
_UNJUDGED = [check for check in CHECKS if check is not openapi_checks.negative_data_rejection]
PATIENCE_S = 20.0


@dataclass
class Report:
    """What was asked and what went wrong. `statuses` counts answers, `wrong` holds one line per kind of failure."""

    asked: int = 0
    operations: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    fruitful: set[str] = field(default_factory=set)
    wrong: dict[str, str] = field(default_factory=dict)

    def failed(self, label: str, what: str, address: str) -> None:
        """Keep the first of each kind."""
        self.wrong.setdefault(f"{label}: {what}", address)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where and how to ask: headers and cookies of the owner, values of path parameters, keys of tabs."""

    url: str
    document: Mapping[str, Any]
    headers: Mapping[str, str]
    known: Mapping[str, Sequence[str]]
    tabs: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """How much to ask each operation: examples of Schemathesis in each mode, hostile texts per parameter (0: all)."""

    examples: int
    hostile: int
    seed: int = 1


async def target_of(site: Site) -> Target:
    """Everything about a site that the fuzzer has to know."""
    web, program = site.program.web, site.program
    cookies = await cookies_of(program, "owner")
    async with program.runtime.db.transaction() as tx:
        server = await add_server(tx, "fuzzed")
        token = await create_token(tx, server.name)
    known: dict[str, Sequence[str]] = {}
    for what, (address, listed, key) in _LISTED.items():
        rows = (await web.get(address)).json()[listed]
        known[what] = [row[key] for row in rows][:2]
    for what, sql in _STORED.items():
        known[what] = [str(row[0]) for row in await program.runtime.db.fetch(sql)]
    known |= {"metrics": ("dpm",), "leaderboards": ("kd",), "with": known["players"][1:]}
    return Target(
        url=site.url,
        document=(await web.get("/openapi.json")).json(),
        headers={
            "Accept": "application/json",
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "Authorization": f"Bearer {token}",
        },
        known=known,
        tabs=sorted({each.record.key for each in program.runtime.host.contributions("webui", Tab)}),
    )


#: Where ids are listed: address, name of the list, key of the id.
_LISTED = {
    "sessions": ("/stats/api/v1/sessions", "sessions", "session_id"),
    "players": ("/stats/api/v1/players", "players", "player_id"),
    "seasons": ("/stats/api/v1/seasons", "seasons", "season_id"),
}
_STORED = {
    "matches": "select id from slomix.match order by id limit 2",
    "rounds": "select id from slomix.round order by id limit 2",
    "maps": "select distinct map from slomix.match order by map limit 2",
    "servers": "select name from slomix.server order by name limit 2",
    "users": "select discord_id from slomix.account limit 1",
}


def fuzz(target: Target, amount: Amount) -> Report:
    """Ask every operation; blocks, so it runs in a thread."""
    report = Report()
    session = requests.Session()
    session.headers.update(target.headers)
    for document, tabbed in ((_without_tabs(target.document), False), (target.document, True)):
        schema = schemathesis.openapi.from_dict(dict(document))
        for found in schema.get_all_operations():
            operation = found.ok()
            names = [parameter.name for parameter in operation.query]
            if tabbed and "tab" not in names:
                continue
            asker = _Asker(target, session, report, operation)
            if tabbed:
                asker.tabs(target.tabs)
            else:
                report.operations += 1
                asker.known()
                asker.generated(amount)
                asker.hostile(amount)
    return report


class _Asker:
    """Asks one operation."""

    def __init__(self, target: Target, session: requests.Session, report: Report, operation: APIOperation) -> None:
        self._target = target
        self._session = session
        self._report = report
        self._operation = operation
        self._in_path = [parameter.name for parameter in operation.path_parameters]
        self._in_query = [parameter.name for parameter in operation.query]

    def known(self) -> None:
        """With ids that exist, as the owner and as nobody."""
        for path in self._paths():
            self._send({**path}, {})
            self._send({**path}, {}, headers={"Authorization": "", "Cookie": ""})

    def tabs(self, tabs: Sequence[str]) -> None:
        """Each tab of a page."""
        for path in self._paths()[:1]:
            for tab in tabs:
                self._send(path, {"tab": tab})

    def generated(self, amount: Amount) -> None:
        """What Schemathesis makes of the description: what it allows, and what it does not."""
        modes = [GenerationMode.POSITIVE, *([GenerationMode.NEGATIVE] if self._in_query else [])]
        for mode in modes:
            made = settings(
                max_examples=amount.examples,
                database=None,
                deadline=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )

            @made
            @seed(amount.seed)
            @given(case=self._operation.as_strategy(generation_mode=mode))
            def ask(case: Case) -> None:
                self._answer(case)

            try:
                ask()
            except HypothesisException:  # nothing is forbidden: every text is a text
                continue

    def hostile(self, amount: Amount) -> None:
        """Each parameter with hostile text, the others as known."""
        usual = self._paths()[0] if self._paths() else dict.fromkeys(self._in_path, "x")
        chosen = random.Random(f"{amount.seed} {self._operation.label}")
        for name in (*self._in_path, *self._in_query):
            texts = chosen.sample(HOSTILE, amount.hostile) if amount.hostile else HOSTILE
            for text in texts:
                if name in self._in_path:
                    self._send({**usual, name: text or "%20"}, {})
                else:
                    self._send(usual, {name: text})

    def _paths(self) -> list[dict[str, Any]]:
        """Values of the path's parameters that exist."""
        made: list[dict[str, Any]] = [{}]
        parts = self._operation.path.removesuffix(".json").split("/")
        for before, part in itertools.pairwise(parts):
            if part.startswith("{"):
                values = self._target.known.get(before, ())
                made = [{**each, part[1:-1]: value} for each in made for value in values]
        return made

    def _send(
        self, path: Mapping[str, Any], query: Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> None:
        address = self._operation.path
        for name, value in path.items():
            address = address.replace("{" + name + "}", quote(value, safe=""))
        asked = f"{self._target.url}{address}" + (f"?{urlencode(query)}" if query else "")
        case = self._operation.Case(path_parameters=_texts(path), query=_texts(query))
        sent = requests.Request(self._operation.method.upper(), asked, headers=headers or {})
        prepared = self._session.prepare_request(sent)
        prepared.url = asked  # as it was written, whatever it holds
        answer = self._session.send(prepared, timeout=PATIENCE_S)
        self._judge(case, answer, _UNJUDGED)

    def _answer(self, case: Case) -> None:
        try:
            answer = case.call(base_url=self._target.url, session=self._session, timeout=PATIENCE_S)
        except (requests.RequestException, UnicodeError, ValueError):  # no client can send it
            return
        self._judge(case, answer, _UNJUDGED if _says_nothing(case) else CHECKS)

    def _judge(self, case: Case, answer: Any, checks: Sequence[Any]) -> None:
        self._report.asked += 1
        self._report.statuses[answer.status_code] += 1
        if answer.status_code == requests.codes.ok:
            self._report.fruitful.add(self._operation.label)
        try:
            case.validate_response(answer, checks=list(checks))
        except FailureGroup as group:
            for failure in group.exceptions:
                request = answer.request
                asked = f"{request.method} {request.url} {request.body!r:.200}"
                told = f"{asked} {answer.status_code} {answer.content[:300]!r}"
                self._report.failed(self._operation.label, f"{failure.title}: {str(failure)[:300]}", told)


def _says_nothing(case: Case) -> bool:
    """Whether a parameter is empty or `null`: then it is one that was not given."""
    return any(str(value).lower() in ("", "null", "none", "[]", "{}") for value in dict(case.query or {}).values())


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: value.decode("utf-8", "replace") if isinstance(value, bytes) else value for name, value in values.items()
    }


def _without_tabs(document: Mapping[str, Any]) -> dict[str, Any]:
    """The description of answers without `tab`: then only the first of several shapes is right. Who may ask is looked
    at by itself: the session's cookie is always sent."""
    paths: dict[str, Any] = {}
    for path, methods in document["paths"].items():
        paths[path] = {method: _without_tab(told) for method, told in methods.items()}
    return {**document, "paths": paths}


def _without_tab(told: Mapping[str, Any]) -> dict[str, Any]:
    told = {name: value for name, value in told.items() if name != "security"}
    parameters = [each for each in told.get("parameters", ()) if each["name"] != "tab"]
    good = told["responses"]["200"]
    shapes = next(iter(good["content"].values())).get("schema", {}).get("anyOf", ())
    if len(parameters) == len(told.get("parameters", ())) or not shapes:
        return told
    narrow = {**good, "content": {"application/json": {"schema": shapes[0]}}}
    return {**told, "parameters": parameters, "responses": {**told["responses"], "200": narrow}}


async def measure(amount: Amount, rounds: int, plugins: Sequence[str] = PLUGINS) -> Report:
    """Fuzz a program of its own."""
    async with world(plugins, rounds=rounds) as site:
        feed = site.program.runtime.bus.live
        listening = asyncio.create_task(feed.run())
        try:
            await feed.started()
            return await asyncio.to_thread(fuzz, await target_of(site), amount)
        finally:
            listening.cancel()


def lines(report: Report) -> Iterator[str]:
    """The report for people."""
    counted = ", ".join(f"{status}: {count}" for status, count in sorted(report.statuses.items()))
    yield f"{report.asked} requests to {report.operations} operations; {counted}"
    yield f"{len(report.fruitful)} operations gave a whole answer"
    for what, address in sorted(report.wrong.items()):
        yield f"WRONG {what}\n      {address}"


def main() -> int:
    """Fuzz, and say what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--examples", type=int, default=50)
    parser.add_argument("--hostile", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=40)
    asked = parser.parse_args()
    quiet()
    began = time.perf_counter()
    amount = Amount(examples=asked.examples, hostile=asked.hostile, seed=asked.seed)
    report = asyncio.run(measure(amount, asked.rounds))
    print("\n".join(lines(report)))
    print(f"{time.perf_counter() - began:.0f} s")
    return 1 if report.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
