"""Static files: addresses by content, kept for ever, nothing outside the folder."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from slomix.contrib import Page, Static
from slomix.errors import PluginError
from slomix.testing.web import client_of
from slomix.web.static import StaticFiles, url

AppOf = Callable[..., Starlette]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A plugin's folder with a style, a module below it, a hidden file, and a link that leads out."""
    (tmp_path / "secret.txt").write_text("secret")
    folder = tmp_path / "static"
    (folder / "js").mkdir(parents=True)
    (folder / "site.css").write_text("body { margin: 0 }")
    (folder / "js" / "live.mjs").write_text("export const live = 1;")
    (folder / ".hidden").write_text("x")
    (folder / "out.txt").symlink_to(tmp_path / "secret.txt")
    return folder


async def test_a_file_is_at_its_address_and_may_be_kept_for_ever(app_of: AppOf, folder: Path) -> None:
    app = app_of(("alpha", Static(folder=folder)))
    async with client_of(app) as web:
        style = await web.get(app.state.static.url("alpha", "site.css"))
        module = await web.get(app.state.static.url("alpha", "js/live.mjs"))
        again = await web.get(str(style.url), headers={"If-None-Match": style.headers["etag"]})
    assert style.text == "body { margin: 0 }"
    assert style.headers["content-type"] == "text/css; charset=utf-8"
    assert style.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert module.headers["content-type"] == "text/javascript; charset=utf-8"
    assert (again.status_code, again.content) == (304, b"")


async def test_text_is_compressed_once_and_plain_for_those_who_want_it(app_of: AppOf, folder: Path) -> None:
    long = "a { color: red }\n" * 500
    (folder / "site.css").write_text(long)
    (folder / "picture.png").write_bytes(b"\x89PNG" * 500)
    app = app_of(("alpha", Static(folder=folder)))
    address = app.state.static.url("alpha", "site.css")
    async with client_of(app) as web:
        packed = await web.get(address, headers={"Accept-Encoding": "br, gzip"})
        plain = await web.get(address, headers={"Accept-Encoding": "identity"})
        picture = await web.get(app.state.static.url("alpha", "picture.png"), headers={"Accept-Encoding": "identity"})
    assert (packed.headers["content-encoding"], packed.headers["vary"]) == ("gzip", "Accept-Encoding")
    assert packed.num_bytes_downloaded < 200
    assert packed.headers["content-length"] == str(packed.num_bytes_downloaded)
    assert "content-encoding" not in plain.headers
    assert plain.headers["vary"] == "Accept-Encoding"
    assert packed.text == plain.text == long
    assert picture.content == b"\x89PNG" * 500


async def test_a_bundle_is_its_parts_in_their_order(app_of: AppOf, folder: Path) -> None:
    (folder / "late.css").write_text("b {}")
    app = app_of(("alpha", Static(folder=folder, bundles={"all.css": ("site.css", "late.css")})))
    async with client_of(app) as web:
        bundle = await web.get(app.state.static.url("alpha", "all.css"))
    assert bundle.text == "body { margin: 0 }\nb {}\n"
    assert bundle.headers["content-type"] == "text/css; charset=utf-8"


async def test_scripts_that_are_joined_keep_their_names_to_themselves(app_of: AppOf, folder: Path) -> None:
    (folder / "a.js").write_text("const x = 1;\n")
    (folder / "b.js").write_text('const x = 2;\nvoid import("./c.js");\n')
    app = app_of(("alpha", Static(folder=folder, bundles={"all.js": ("a.js", "b.js")})))
    async with client_of(app) as web:
        bundle = await web.get(app.state.static.url("alpha", "all.js"))
    assert bundle.text == '{\nconst x = 1;\n}\n{\nconst x = 2;\nvoid import("./c.js");\n}\n'


@pytest.mark.parametrize(
    ("bundles", "reason"),
    [
        ({"all.css": ("no.css",)}, r"no\.css into 'all\.css'"),
        ({"site.css": ("site.css",)}, "two static files"),
        ({"all.js": ("js/live.mjs",)}, r"js/live\.mjs into 'all\.js': it must not import or export"),
    ],
)
async def test_a_bundle_that_can_not_be_made_degrades_its_plugin(
    app_of: AppOf, folder: Path, without_database: Any, bundles: dict[str, tuple[str, ...]], reason: str
) -> None:
    app_of(("alpha", Static(folder=folder, bundles=bundles)))
    assert re.search(reason, without_database.host.states["alpha"].reason)


def test_a_file_may_be_missing(folder: Path) -> None:
    files = StaticFiles()
    files.add("alpha", [Static(folder=folder)])
    assert files.find("alpha", "no.css") is None
    assert files.find("beta", "site.css") is None
    assert files.find("alpha", "site.css") == files.url("alpha", "site.css")


async def test_nothing_else_is_served(app_of: AppOf, folder: Path) -> None:
    app = app_of(("alpha", Static(folder=folder)))
    base = app.state.static.url("alpha", "site.css").removesuffix("site.css")
    async with client_of(app) as web:
        for path in (".hidden", "out.txt", "../secret.txt", "%2e%2e/secret.txt", "js", "js/", "", "no.css"):
            assert (await web.get(base + path)).status_code == 404, path
        assert (await web.get("/static/alpha/0000000000000000/site.css")).status_code == 404
        assert (await web.get("/static/beta/x/site.css")).status_code == 404


def test_the_address_changes_with_any_content(folder: Path) -> None:
    before = StaticFiles()
    before.add("alpha", [Static(folder=folder)])
    (folder / "js" / "live.mjs").write_text("export const live = 2;")
    after = StaticFiles()
    after.add("alpha", [Static(folder=folder)])
    # modules import each other by relative paths, so one hash stands for the whole folder
    assert before.url("alpha", "site.css") != after.url("alpha", "site.css")


async def test_a_page_asks_for_the_address(app_of: AppOf, folder: Path) -> None:
    async def where(request: Request) -> Response:
        return PlainTextResponse(url(request, "alpha", "site.css"))

    app = app_of(("alpha", Static(folder=folder)), ("alpha", Page(path="/", endpoint=where, name="home")))
    async with client_of(app) as web:
        address = (await web.get("/alpha/")).text
        assert (await web.get(address)).status_code == 200
    with pytest.raises(PluginError, match=r"has no static file 'no\.css'"):
        app.state.static.url("alpha", "no.css")


async def test_a_missing_folder_degrades_its_plugin_only(app_of: AppOf, folder: Path, without_database: Any) -> None:
    app = app_of(("alpha", Static(folder=folder / "nowhere")), ("beta", Static(folder=folder)))
    assert "is not there" in without_database.host.states["alpha"].reason
    assert app.state.static.url("beta", "site.css")
