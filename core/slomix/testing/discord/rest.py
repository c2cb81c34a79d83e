"""The REST side's frame: reading bodies, recording calls, authorisation, faults, and errors as JSON."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from slomix.testing.discord.models import ApiError, Call
from slomix.testing.discord.world import World

API = "/api/v10"
#: Paths that carry their own secret, an interaction's token or a code, instead of the bot's.
_TOKEN_IN_PATH = ("/webhooks/", "/interactions/", "/oauth2/token")
#: What a person's token (of OAuth 2) opens; the endpoint looks at it.
_OF_PEOPLE = "/users/@me"
_BODY = web.RequestKey("body", tuple[Any, dict[str, bytes]])


def answer(data: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """A JSON answer. The content type has no charset, since discord.py compares it for equality."""
    body = json.dumps(data).encode()
    return web.Response(body=body, status=status, headers={"Content-Type": "application/json", **(headers or {})})


async def read_body(request: web.Request) -> tuple[Any, dict[str, bytes]]:
    """The JSON body (or that of a form) and the uploaded files, of a plain or a multipart request."""
    if _BODY in request:
        return request[_BODY]
    files: dict[str, bytes] = {}
    body: Any = None
    if request.content_type.startswith("multipart/"):
        form = await request.post()
        for value in form.values():
            if isinstance(value, web.FileField):
                files[value.filename] = value.file.read()
        body = json.loads(str(form["payload_json"])) if "payload_json" in form else {}
    elif request.content_type == "application/x-www-form-urlencoded":
        body = {name: str(value) for name, value in (await request.post()).items()}
    elif raw := await request.read():
        body = json.loads(raw)
    request[_BODY] = (body, files)
    return body, files


def frame(world: World) -> Middleware:
    """The middleware around every route of the API."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not request.path.startswith(API):
            return await handler(request)
        path = request.path.removeprefix(API)
        body, _ = await read_body(request)
        world.calls.append(Call(request.method, path, body))
        wanted = f"{request.method} {path}"
        if world.out:
            return web.Response(text="502 Bad Gateway", status=502)
        refusal, headers = world.quotas.take(wanted)
        if refusal is not None:
            return answer(refusal[0], 429, refusal[1])
        fault = world.take_fault(wanted)
        if fault is not None and not fault.after:
            return answer(fault.body, fault.status, fault.headers)
        hold = world.take_hold(wanted)
        response = await _answered(world, request, handler, path)
        response.headers.update(headers)
        if hold is not None:
            await hold.pass_through()
        return response if fault is None else answer(fault.body, fault.status, fault.headers)

    return middleware


async def _answered(world: World, request: web.Request, handler: Handler, path: str) -> web.StreamResponse:
    told = request.headers.get("Authorization", "")
    allowed = told == f"Bot {world.token}" or path.startswith(_TOKEN_IN_PATH)
    allowed = allowed or (told.startswith("Bearer ") and path.startswith(_OF_PEOPLE))
    try:
        if not allowed:
            raise ApiError(401, 0, "401: Unauthorized")
        return await handler(request)
    except ApiError as error:
        return answer(error.body, error.status)
    except web.HTTPNotFound:
        return answer({"message": f"fake Discord has no {request.method} {path}", "code": 0}, 404)
