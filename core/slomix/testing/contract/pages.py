"""Checks: pages and JSON answer under the plugin's mount, refuse what they do not know, and can be read aloud."""

from __future__ import annotations

import re
from collections.abc import Sequence

from slomix.contrib import Api, Page
from slomix.testing.contract.base import LOOKS, ContractBase
from slomix.testing.contract.house import House
from slomix.testing.contract.tiers import tier

PARAMETER = re.compile(r"\{[^}:]+(:(?P<kind>[a-z]+))?\}")
EXAMPLES = {"int": "1", "float": "1.5", "uuid": "00000000-0000-4000-8000-000000000000"}
HEADING = re.compile(r"<h1[\s>]", re.IGNORECASE)


def address(plugin: str, record: Api | Page) -> str:
    """The path under which a record answers, its parameters filled in."""
    path = PARAMETER.sub(lambda match: EXAMPLES.get(match["kind"] or "", "x"), record.path)
    if isinstance(record, Api):
        return f"/{plugin}/api/v1{path}"
    return path if record.root else f"/{plugin}{path}"


def routes(house: House) -> list[Api | Page]:
    """Everything that it answers, but for static files and streams, which have no end."""
    return [*house.records(Api), *(page for page in house.records(Page) if not page.stream)]


def other_forms(pages: Sequence[Page]) -> set[str]:
    """Names of pages that are another form of a page, as `night.json` is of `night`: told by the name. A form may be
    one that this page does not have."""
    names = {page.name for page in pages}
    return {name for name in names if name.rpartition(".")[0] in names}


class PageChecks(ContractBase):
    """What the web role shows of it."""

    @tier("bronze")
    async def test_its_routes_answer(self, house: House) -> None:
        """Routes answer below /<plugin>, before the first round and after"""
        forms = other_forms(house.records(Page))
        for _ in range(2):
            for record in routes(house):
                if "GET" not in getattr(record, "methods", ("GET",)):
                    continue
                path = address(house.subject.name, record)
                answer = await house.program.web.get(path)
                assert answer.status_code < 500, f"GET {path} is {answer.status_code}: {answer.text[:200]}"
                absent = PARAMETER.search(record.path) or getattr(record, "name", "") in forms
                assert absent or answer.status_code != 404, f"GET {path} is 404"
            await house.fill()

    @tier("bronze")
    @LOOKS
    async def test_its_routes_refuse_unknown_methods(self, seen_house: House) -> None:
        """A method that a route does not have is 405"""
        for record in routes(seen_house):
            for method in {"PUT", "PATCH", "DELETE"} - set(getattr(record, "methods", ())):
                path = address(seen_house.subject.name, record)
                answer = await seen_house.program.web.request(method, path)
                assert answer.status_code == 405, f"{method} {path} is {answer.status_code}, not 405"

    @tier("bronze")
    @LOOKS
    async def test_its_json_is_described(self, seen_house: House) -> None:
        """JSON answers are JSON and stand in /openapi.json"""
        described = (await seen_house.program.web.get("/openapi.json")).json()["paths"]
        for record in seen_house.records(Api):
            path = f"/{seen_house.subject.name}/api/v1{record.path}"
            assert path in described, f"{path} is not in /openapi.json"
            answer = await seen_house.program.web.get(address(seen_house.subject.name, record))
            kind = answer.headers["content-type"]
            assert "json" in kind, f"{path} answers {kind}"

    @tier("silver")
    async def test_its_pages_have_one_heading(self, house: House) -> None:
        """Pages name their language, have a title and exactly one h1"""
        for _ in range(2):
            for page in routes(house):
                if not isinstance(page, Page):
                    continue
                answer = await house.program.web.get(address(house.subject.name, page))
                if "GET" not in page.methods or "text/html" not in answer.headers.get("content-type", ""):
                    continue
                text = answer.text
                where = f"{answer.url.path} ({answer.status_code})"
                assert len(HEADING.findall(text)) == 1, f"{where} has {len(HEADING.findall(text))} h1, not one"
                assert re.search(r"<html[^>]+lang=", text), f"{where} does not name its language"
                assert re.search(r"<title>[^<]+</title>", text), f"{where} has no title"
            await house.fill()
