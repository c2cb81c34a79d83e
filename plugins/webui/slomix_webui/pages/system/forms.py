"""Where the forms of the pages about the system are sent to. Core asks for the right of each, and writes the log."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal

from starlette.responses import Response

from slomix import contrib
from slomix.web import auth, operations, users
from slomix_webui.api import Asked, Choice, Field
from slomix_webui.frame.deeds import Deed, Run, asked_by, perform, posted
from slomix_webui.frame.document import plain
from slomix_webui.frame.house import House
from slomix_webui.pages.system.jobs import job_number

if TYPE_CHECKING:
    from starlette.requests import Request

    from slomix.context import PluginContext

REASON = Field(name="reason", label="Why (it stands in the log)", most=200)
SERVER = Field(name="server", label="Server", kind="hidden", required=True, most=256)
TIERS = (Choice(value="admin", label="Admin"), Choice(value="moderator", label="Moderator"))

Make = Callable[["House", Asked], Deed]


def routes(ctx: PluginContext) -> Iterable[contrib.Page]:
    """All of them."""
    house = ctx.services.get(House)
    made: Mapping[str, Make] = {
        "ingest/retry": _retry_files,
        "ingest/{file}/retry": _retry_file,
        "jobs/retry": _retry_jobs,
        "jobs/{number}/retry": _job(operations.retry_job, "retry", "Try again"),
        "jobs/{number}/bury": _job(operations.bury_job, "bury", "Do not run it"),
        "jobs/{number}/cancel": _job(
            operations.cancel_job, "cancel", "Drop it", confirm="It is dropped for good; what it was to do is not done."
        ),
        "servers/add": _add_server,
        "servers/token": _token,
        "servers/revoke": _revoke_tokens,
        "users/{discord_id}/grant": _grant,
        "users/{discord_id}/revoke": _revoke,
        "users/{discord_id}/tier": _tier,
        "users/{discord_id}/untier": _untier,
        "users/{discord_id}/end": _end,
        "audit/{number}/undo": _undo,
    }
    for path, make in made.items():
        name = "system." + path.replace("{", "").replace("}", "").replace("/", ".")
        yield posted(house, f"/system/{path}", _sent(house, make), name)


def _sent(house: House, make: Make) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        asked = asked_by(house, request, await auth.require_login(request))
        return await perform(house, asked, make(house, asked))

    return endpoint


# ---- files and jobs -------------------------------------------------------------------------


def _retry_files(house: House, asked: Asked) -> Deed:
    async def run(values: Mapping[str, str]) -> None:
        await operations.retry_files(asked.request)

    return Deed(key="system.files.retry", title="Read refused files again", run=run, back="/system/ingest")


def _retry_file(house: House, asked: Asked) -> Deed:
    file = asked.path["file"]

    async def run(values: Mapping[str, str]) -> None:
        await operations.retry_file(asked.request, file)

    back = f"/system/ingest/{file}" if file.isascii() and file.isalnum() else "/system/ingest"
    return Deed(key="system.file.retry", title="Read the file again", run=run, back=back)


def _retry_jobs(house: House, asked: Asked) -> Deed:
    async def run(values: Mapping[str, str]) -> None:
        await operations.retry_jobs(asked.request)

    return Deed(key="system.jobs.retry", title="Try all again", run=run, back="/system/jobs")


def _job(work: Callable[[Any, int], Awaitable[None]], what: str, title: str, confirm: str = "") -> Make:
    def make(house: House, asked: Asked) -> Deed:
        number = job_number(asked.path["number"])

        async def run(values: Mapping[str, str]) -> None:
            await work(asked.request, number)

        return Deed(
            key=f"system.job.{what}",
            title=title,
            run=run,
            back="/system/jobs",
            confirm=confirm,
            danger=bool(confirm),
        )

    return make


# ---- servers --------------------------------------------------------------------------------


def _add_server(house: House, asked: Asked) -> Deed:
    async def run(values: Mapping[str, str]) -> None:
        await operations.add_server(asked.request, values["name"])

    name = Field(name="name", label="Name of the server", required=True, most=256)
    return Deed(key="system.server.add", title="Make a server known", run=run, back="/system/servers", fields=(name,))


def _token(house: House, asked: Asked) -> Deed:
    async def run(values: Mapping[str, str]) -> Response:
        token = await operations.make_token(asked.request, values["server"])
        shown = {"token": token, "server": values["server"], "base": house.base_address(asked.request)}
        heading = asked.text("A token for {server}", server=values["server"])
        return plain(house, asked, "webui/system/token.html", heading, shown)

    return Deed(key="system.server.token", title="Make a token", run=run, back="/system/servers", fields=(SERVER,))


def _revoke_tokens(house: House, asked: Asked) -> Deed:
    async def run(values: Mapping[str, str]) -> None:
        await operations.revoke_tokens(asked.request, values["server"])

    return Deed(
        key="system.server.revoke",
        title="Revoke all tokens",
        run=run,
        back="/system/servers",
        fields=(SERVER,),
        confirm="The server can send nothing until it has a new token.",
        danger=True,
    )


# ---- people ---------------------------------------------------------------------------------


def _user(asked: Asked, what: str, title: str, run: Run, **more: Any) -> Deed:
    back = f"/system/users/{job_number(asked.path['discord_id'])}"
    more["fields"] = (*more.get("fields", ()), REASON)
    return Deed(key=f"system.user.{what}", title=title, run=run, back=back, **more)


def _right() -> Field:
    return Field(name="right", label="Right", kind="hidden", required=True, most=100)


def _grant(house: House, asked: Asked) -> Deed:
    async def run(values: Mapping[str, str]) -> None:
        await users.grant(asked.request, job_number(asked.path["discord_id"]), values["right"], values["reason"])

    return _user(asked, "grant", "Grant a right", run, fields=(_right(),))


def _revoke(house: House, asked: Asked) -> Deed:
    async def run(values: Mapping[str, str]) -> None:
        await users.revoke(asked.request, job_number(asked.path["discord_id"]), values["right"], values["reason"])

    return _user(asked, "revoke", "Take a right back", run, fields=(_right(),))


def _tier(house: House, asked: Asked) -> Deed:
    async def run(values: Mapping[str, str]) -> None:
        tier: Literal["admin", "moderator"] = "admin" if values["tier"] == "admin" else "moderator"
        await users.give_tier(asked.request, job_number(asked.path["discord_id"]), tier, values["reason"])

    field = Field(name="tier", label="Tier", kind="choice", choices=TIERS, required=True)
    return _user(asked, "tier", "Give a tier", run, fields=(field,))


def _untier(house: House, asked: Asked) -> Deed:
    async def run(values: Mapping[str, str]) -> None:
        await users.take_tier(asked.request, job_number(asked.path["discord_id"]), values["reason"])

    return _user(asked, "tier", "Take the tier", run, confirm="They lose all that the tier gave them at once.")


def _end(house: House, asked: Asked) -> Deed:
    async def run(values: Mapping[str, str]) -> None:
        await users.end_sessions(asked.request, job_number(asked.path["discord_id"]), values["reason"])

    return _user(asked, "end", "Log them out everywhere", run, confirm="They have to log in again in every browser.")


def _undo(house: House, asked: Asked) -> Deed:
    number = job_number(asked.path["number"])

    async def run(values: Mapping[str, str]) -> None:
        await users.undo(asked.request, number, values["reason"])

    return Deed(
        key="system.audit.undo",
        title=asked.text("Take entry {number} back", number=number),
        label="Take it back",
        run=run,
        back="/system/audit",
        fields=(REASON,),
        confirm="What the entry did is undone; the log keeps both.",
    )
