"""The `web` fixture of the test kit: installed plugins on a real database, with nothing to set up."""

from __future__ import annotations

import httpx2
import pytest


async def test_without_plugins_there_is_core(web: httpx2.AsyncClient) -> None:
    status = (await web.get("/api/status")).json()
    assert {plugin["state"] for plugin in status["plugins"]} <= {"disabled"}
    assert (status["status"], status["database"]) == ("ok", "reachable")


@pytest.mark.plugins("stats")
async def test_the_marker_names_the_plugins(web: httpx2.AsyncClient) -> None:
    listed = (await web.get("/-/plugins.json")).json()
    assert [(plugin["name"], plugin["state"]) for plugin in listed if plugin["state"] != "disabled"] == [
        ("stats", "running")
    ]
    assert (await web.get("/stats/api/v1/sessions")).status_code == 200
