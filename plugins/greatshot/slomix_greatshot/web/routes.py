"""What is no page: uploads, downloads, and what people do with a demo or a moment."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from starlette.responses import FileResponse, RedirectResponse, Response

from slomix.contrib import Api, Page, Static
from slomix.web.api import NotFound, Problem, query
from slomix.web.auth import Viewer, require, require_login
from slomix.web.guard import allow_time
from slomix_greatshot.intake.receiving import Receiving, Refused
from slomix_greatshot.intake.uploads import FormUpload, Keep, take_body
from slomix_greatshot.jobs.scanning import CLIPS_JOB
from slomix_greatshot.render.clipname import batch_script, clip_stem, shell_script
from slomix_greatshot.web.views import STATIC, Upload, UploadQuery

if TYPE_CHECKING:
    from starlette.requests import Request

    from slomix_greatshot.parts import Parts
    from slomix_greatshot.store.demos import Taken
    from slomix_greatshot.store.files import Shelf

#: The longest that an upload may take, and the longest silence in it.
UPLOAD_S, SILENCE_S = 900.0, 30.0
UPLOAD = "greatshot.upload"
DELETE = "greatshot.delete"
_SEE_OTHER = 303

_UPLOADER = "select uploader, name, stored from greatshot.demo where id = $1"
_CLIP = """
select h.demo_id, h.clip, d.suffix from greatshot.highlight h join greatshot.demo d on d.id = h.demo_id where h.id = $1
"""
_FILM = "select file from greatshot.render where id = $1 and state = 'done'"


def routes(parts: Parts) -> Iterable[Api | Page | Static]:
    """All of them."""
    yield Static(folder=STATIC)
    yield from _uploads(parts)
    yield from _downloads(parts)
    yield from _deeds(parts)


def _uploads(parts: Parts) -> Iterable[Api | Page]:
    async def upload(request: Request) -> Upload:
        """The body is the file; its name is in the address."""
        person = await _admitted(parts, request)
        asked = query(request, UploadQuery)
        length = request.headers.get("content-length", "")
        announced = int(length) if length.isdigit() else None
        keep = _keeping(parts, person)
        try:
            taken = await take_body(parts.demos, _pieces(request), asked.name, announced, keep)
        except Refused as error:
            raise _problem(error) from None
        return Upload(demo_id=taken.demo_id, known=taken.known, address=f"/greatshot/demos/{taken.demo_id}")

    async def form(request: Request) -> Response:
        """Several files at once, for browsers without script."""
        person = await _admitted(parts, request)
        found: list[tuple[str, Taken | Refused]] = []
        try:
            reading = FormUpload(parts.demos, request.headers.get("content-type", ""), _keeping(parts, person))
            async for name, outcome in reading.files(_pieces(request)):
                found.append((name, outcome))
        except Refused as error:
            raise _problem(error) from None
        refused = [(name, outcome) for name, outcome in found if isinstance(outcome, Refused)]
        if refused or not found:
            raise _of_form(refused, len(found) - len(refused))
        taken = [outcome for _, outcome in found if not isinstance(outcome, Refused)]
        address = f"/greatshot/demos/{taken[0].demo_id}" if len(taken) == 1 else "/greatshot/"
        return RedirectResponse(address, _SEE_OTHER)

    yield Api(
        path="/demos",
        endpoint=upload,
        response=Upload,
        summary="Send a demo: the body is the file (application/octet-stream)",
        params={"name": (str, "name of the file, as 2026-05-01-213000-supply.dm_84")},
        method="POST",
        errors=(401, 408, 409, 415, 507),
    )
    yield Page(path="/upload", endpoint=form, name="upload", methods=("POST",))


def _downloads(parts: Parts) -> Iterable[Page]:
    async def clip(request: Request) -> Response:
        key = _key(request)
        row = await parts.ctx.db.fetchrow(_CLIP, key)
        if row is None or row["clip"] is None:
            raise NotFound("There is no clip of this moment at the moment; the page of its demo can have it cut.")
        return _file(parts, "clips", row["clip"], await _clip_name(parts, row, key))

    async def script(request: Request) -> Response:
        key, windows = _key(request), request.url.path.endswith(".bat")
        row = await parts.ctx.db.fetchrow(_CLIP, key)
        if row is None:
            raise NotFound("There is no such moment.")
        name = await _clip_name(parts, row, key)
        text = batch_script(name) if windows else shell_script(name)
        ending = "bat" if windows else "sh"
        headers = _saved_as(f"play_{name.rpartition('.')[0]}.{ending}")
        return Response(text.encode("ascii"), 200, headers, media_type="text/plain")

    async def film(request: Request) -> Response:
        row = await parts.ctx.db.fetchrow(_FILM, _key(request))
        if row is None:
            raise NotFound("There is no such film.")
        return _file(parts, "films", row["file"], f"film_{_key(request)}.mp4", "video/mp4")

    async def demo(request: Request) -> Response:
        viewer = await require_login(request)
        row = await _own(parts, request, viewer)
        if row["stored"] is None:
            raise NotFound("The file of this demo was deleted; what it told is still here.")
        return _file(parts, "demos", row["stored"], row["name"])

    yield Page(path="/highlights/{id}/clip", endpoint=clip, name="clip")
    yield Page(path="/highlights/{id}/play.sh", endpoint=script, name="script")
    yield Page(path="/highlights/{id}/play.bat", endpoint=script, name="batch")
    yield Page(path="/films/{id}", endpoint=film, name="film")
    yield Page(path="/demos/{id}/file", endpoint=demo, name="file")


def _deeds(parts: Parts) -> Iterable[Page]:
    async def ask_film(request: Request) -> Response:
        viewer = await require(request, UPLOAD)
        row = await _moment(parts, request)
        try:
            await parts.films.ask(_key(request), viewer.discord_id)
        except Refused as error:
            raise _problem(error) from None
        return RedirectResponse(f"/greatshot/demos/{row['demo_id']}#h-{_key(request)}", _SEE_OTHER)

    async def cut_clip(request: Request) -> Response:
        await require(request, UPLOAD)
        row = await _moment(parts, request)
        async with parts.ctx.db.transaction() as tx:
            payload = {"demo": row["demo_id"]}
            await parts.ctx.jobs.enqueue(tx, CLIPS_JOB, payload, dedupe=f"{CLIPS_JOB} {row['demo_id']}")
        return RedirectResponse(f"/greatshot/demos/{row['demo_id']}#h-{_key(request)}", _SEE_OTHER)

    async def delete(request: Request) -> Response:
        viewer = await require_login(request)
        await _own(parts, request, viewer)
        await parts.demos.delete(_key(request))
        return RedirectResponse("/greatshot/", _SEE_OTHER)

    yield Page(path="/highlights/{id}/film", endpoint=ask_film, name="ask_film", methods=("POST",))
    yield Page(path="/highlights/{id}/cut", endpoint=cut_clip, name="cut", methods=("POST",))
    yield Page(path="/demos/{id}/delete", endpoint=delete, name="delete", methods=("POST",))


async def _admitted(parts: Parts, request: Request) -> int:
    """Who sends. The limits are asked before the body is read."""
    viewer = await require(request, UPLOAD)
    try:
        await parts.demos.admit(viewer.discord_id)
    except Refused as error:
        raise _problem(error) from None
    allow_time(request, UPLOAD_S)
    return viewer.discord_id


def _keeping(parts: Parts, person: int) -> Keep:
    async def keep(received: Receiving) -> Taken:
        return await parts.demos.take(received, source="web", uploader=person)

    return keep


async def _pieces(request: Request) -> AsyncIterator[bytes]:
    """The body as it comes; who sends nothing for long is not waited for."""
    stream = request.stream()
    while True:
        try:
            async with asyncio.timeout(SILENCE_S):
                piece = await anext(stream, None)
        except TimeoutError:
            raise Refused(f"Nothing came for {SILENCE_S:g} s.", status=408) from None
        if piece is None:
            return
        if piece:
            yield piece


def _problem(error: Refused) -> Problem:
    problem = Problem(str(error), headers={"Connection": "close"} if error.status == HTTPStatus.REQUEST_TIMEOUT else {})
    problem.status = HTTPStatus(error.status)
    return problem


def _of_form(refused: list[tuple[str, Refused]], others: int) -> Problem:
    told = " ".join(str(error) for _, error in refused[:5]) or "No file was chosen."
    if others:
        told += f" {others} other demos were taken."
    problem = Problem(told, link=("Back to the demos", "/greatshot/"))
    problem.status = HTTPStatus(refused[0][1].status if refused else HTTPStatus.BAD_REQUEST)
    return problem


async def _own(parts: Parts, request: Request, viewer: Viewer) -> Any:
    """A demo that this person may take and delete: his own, or any with the right to delete."""
    row = await parts.ctx.db.fetchrow(_UPLOADER, _key(request))
    if row is None:
        raise NotFound("There is no such demo.")
    if row["uploader"] != viewer.discord_id:
        await require(request, DELETE)
    return row


async def _moment(parts: Parts, request: Request) -> Any:
    row = await parts.ctx.db.fetchrow(_CLIP, _key(request))
    if row is None:
        raise NotFound("There is no such moment.")
    return row


async def _clip_name(parts: Parts, row: Any, key: str) -> str:
    lines = await parts.shelves.of_demo(row["demo_id"])
    line = next(each for each in lines if each.highlight_id == key)
    return f"{clip_stem(line)}.{row['suffix']}"


def _file(parts: Parts, shelf: Shelf, stored: str, name: str, kind: str = "application/octet-stream") -> Response:
    path = parts.vault.place(shelf, stored)
    if not path.is_file():
        raise NotFound("This file is not on this machine any more.")
    return FileResponse(path, headers=_saved_as(name), media_type=kind)


def _saved_as(name: str) -> dict[str, str]:
    """`name` is one of ours: nothing in it needs quoting."""
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-cache"}


def _key(request: Request) -> str:
    key = str(request.path_params["id"])
    if len(key) != 12 or not set(key) <= set("0123456789abcdef"):
        raise NotFound("There is no such thing.")
    return key
