"""The pages about the API: everything that is described is there, links lead to it, an address can be put together."""

from __future__ import annotations

import re
from typing import Any

import pytest

from slomix.testing.running import Running
from slomix_webui.pages.docs.reading import address, groups, kind, operation

ONE: dict[str, Any] = {
    "paths": {
        "/a/{id}.json": {
            "get": {
                "operationId": "get_a_id_json",
                "tags": ["stats"],
                "summary": "One",
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
                    {"name": "side", "in": "query", "schema": {"enum": ["axis", "allies"]}},
                ],
                "responses": {"200": {"description": "One", "content": {"application/json": {"schema": {}}}}},
                "security": [{"login": []}, {}],
            }
        }
    }
}


def words(schema: dict[str, Any]) -> str:
    return "".join(piece.text for piece in kind(schema))


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({"$ref": "#/components/schemas/a.b.Thing"}, "Thing"),
        ({"type": "array", "items": {"$ref": "#/components/schemas/Thing"}}, "list of Thing"),
        ({"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}]}, "(text, whole number)"),
        ({"type": "object", "additionalProperties": {"type": "number"}}, "object of number"),
        ({"anyOf": [{"type": "null"}, {"type": "string"}]}, "text or nothing"),
        ({"type": "string", "format": "date-time"}, "moment (ISO 8601)"),
        ({"type": "integer", "minimum": 1, "maximum": 9}, "whole number, 1 to 9"),
        ({"type": "string", "maxLength": 64}, "text, at most 64 signs"),
        ({"enum": ["a", "b"]}, "a | b"),
        ({}, "anything"),
    ],
)
def test_a_type_in_words(schema: dict[str, Any], said: str) -> None:
    assert words(schema) == said


def test_an_address_is_put_together_of_what_was_given() -> None:
    found = operation(ONE, "get_a_id_json")
    assert found is not None
    assert found.who == "login?"
    assert address(found, {}) is None
    assert address(found, {"id": "a/../'b"}) == "/a/a%2F..%2F%27b.json"
    assert address(found, {"id": "x", "side": "axis&y", "other": "1"}) == "/a/x.json?side=axis%26y"
    assert operation(ONE, "get_nothing") is None
    assert [(group.name, len(group.lines)) for group in groups(ONE)] == [("stats", 1)]


@pytest.mark.plugins("stats", "webui")
async def test_every_answer_and_every_type_has_a_page(program: Running) -> None:
    document = (await program.web.get("/openapi.json")).json()
    listed = (await program.web.get("/docs")).text
    ids = [told["operationId"] for methods in document["paths"].values() for told in methods.values()]
    assert len(ids) == len(set(ids)) > 60
    assert [each for each in ids if f'href="/docs/{each}"' not in listed] == []
    seen: set[str] = set()
    for each in ids[::9]:
        page = await program.web.get(f"/docs/{each}")
        assert page.status_code == 200
        seen |= set(re.findall(r'href="(/docs/schemas/[^"]+)"', page.text))
    for each in sorted(seen)[:6]:
        assert (await program.web.get(each)).status_code == 200, each
    for nothing in ("/docs/get_nothing", "/docs/schemas/Nothing"):
        assert (await program.web.get(nothing)).status_code == 404


@pytest.mark.plugins("stats", "webui")
async def test_a_form_without_script_leads_to_the_answer(program: Running) -> None:
    page = (await program.web.get("/docs/get_leaderboards_json?p.metric=kills&p.side=axis")).text
    assert '<a href="/leaderboards.json?side=axis&amp;metric=kills">' in page
    assert (await program.web.get("/leaderboards.json?side=axis&metric=kills")).status_code == 200
    lacking = (await program.web.get("/docs/get_players_id_json")).text
    assert "The address lacks a part" in lacking
    hostile = (await program.web.get("/docs/get_players_id_json", params={"p.id": '"><script>alert(1)</script>'})).text
    assert "<script>alert" not in hostile
    post = (await program.web.get("/docs/post_ingest")).text
    assert "Authorization: Bearer" in post
