"""Canaries in every place where a secret may be; the real program, in all its outputs, sings none of them."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import quote

import pytest

#: Who holds which canary. The digits make each findable by itself.
CANARIES = {
    "discord token": "canary-01-kLx9/wQ.z",
    "password of the settings": 'canary-02-"Pq4\\é',
    "password in the address": "canary-03-m@7/tR",
    "password in the direct address": "canary-04-hB2sV",
    "a plugin's secret": "canary-05-Jd8nC",
    "a secret of a plugin that is not there": "canary-06-yG5fX",
    "PGPASSWORD": "canary-07-aT3kM",
    "bearer token of a request": "canary-08-eR6bU",
    "token in a query": "canary-09-iW1pL",
    "cookie of a request": "canary-10-oN9cS",
    "somebody else's address, logged": "canary-11-uF4gD",
    "somebody else's address, raised": "canary-12-vK7jH",
    "a key that says so": "canary-13-xZ2qB",
    "JSON in a text": "canary-14-rY8mP",
    "a header in the library's log": "canary-15-sE5wT",
    "a failing migration": "canary-16-dQ3vN",
    "a parameter of an address": "canary-17-gM6xA",
    "a short one": "kv7q2",
}
C = CANARIES

LEAKY = """
import json, logging, structlog
from pydantic import Field, SecretStr
from starlette.requests import Request
from slomix.contrib import Check, CheckResult, Page
from slomix.plugin import Plugin, hookimpl
from slomix.settings import PluginSettings
from slomix.web.problems import BadRequest

class Settings(PluginSettings):
    api_key: SecretStr = Field(description="the key")
    pin: SecretStr = Field(description="a short one")

class Leaky(Plugin):
    name = "leaky"
    Settings = Settings

    @hookimpl
    async def startup(self, ctx):
        key = ctx.settings.api_key.get_secret_value()
        ctx.log.warning("settings are", core=ctx.core, own=ctx.settings, text=repr(ctx.core), key=key)
        ctx.log.warning(f"the url is {ctx.core.database.url} and {ctx.core.database.direct_url}", nested=[{"k": key}])
        pin = ctx.settings.pin.get_secret_value()
        ctx.log.warning("the pin", pin=pin, told=f"pin {pin}.")
        ctx.log.warning("connecting", dsn="postgresql://o:{somebody else's address, logged}@db/x", exc=ValueError(key))
        ctx.log.warning("signing in", password="{a key that says so}", deep={"access_token": ["{a key that says so}"]})
        ctx.log.warning("answer " + json.dumps({"token": "{JSON in a text}", "n": 1}))
        ctx.log.warning("link", url="https://x/?api_key={a parameter of an address}&page=2")
        logging.getLogger("leaky.http").error("sent %s", {"Authorization": "Bearer {a header in the library's log}"})
        logging.getLogger("leaky.http").error("Authorization: Bearer {a header in the library's log}")
        ctx.tasks.spawn("falls", self.fall(key))

    async def fall(self, key):
        raise RuntimeError(f"could not use {key} with postgresql://o:{somebody else's address, raised}@db/x")

    @hookimpl
    def register_routes(self, ctx):
        key = ctx.settings.api_key.get_secret_value()
        async def boom(request: Request):
            raise RuntimeError(f"{key}, {request.headers}, postgresql://o:{somebody else's address, raised}@db/x")
        async def refuse(request: Request):
            raise BadRequest(f"The key {key} is wrong, and so is {ctx.core.discord.token.get_secret_value()}.")
        yield Page(path="/boom", endpoint=boom, name="boom")
        yield Page(path="/refuse", endpoint=refuse, name="refuse")

    @hookimpl
    def register_checks(self, ctx):
        async def check():
            return CheckResult(ok=False, detail=f"refused {ctx.settings.api_key.get_secret_value()}")
        yield Check(name="key", run=check)

plugin = Leaky()
"""

FALLEN = """
import os
from slomix.plugin import Plugin, hookimpl

class Fallen(Plugin):
    name = "fallen"

    @hookimpl
    async def startup(self, ctx):
        raise RuntimeError(f"refused: {ctx.core.discord.token.get_secret_value()} {ctx.core.database.url}")

plugin = Fallen()
"""

SUNK = """
from slomix.plugin import Plugin

class Sunk(Plugin):
    name = "sunk"

plugin = Sunk()
"""

MIGRATION = """
do $$ begin
    raise exception 'can not reach postgresql://m:{a failing migration}@db/x with password=''{a failing migration}''';
end $$;
"""


def filled(text: str) -> str:
    for name, canary in CANARIES.items():
        text = text.replace("{" + name + "}", canary)
    return text


def install(site: Path, name: str, body: str) -> None:
    package = site / f"slomix_{name}"
    (package / "migrations").mkdir(parents=True)
    (package / "__init__.py").write_text(filled(body))
    info = site / f"slomix_{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: slomix-{name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[slomix]\n{name} = slomix_{name}:plugin\n")


class Cage:
    """An installation with all canaries in it, and everything that it said."""

    def __init__(self, folder: Path, dsn: str, form: str) -> None:
        site = folder / "site"
        for name, body in (("leaky", LEAKY), ("fallen", FALLEN), ("sunk", SUNK)):
            install(site, name, body)
        (site / "slomix_sunk" / "migrations" / "sunk.0001.x.sql").write_text(filled(MIGRATION))
        (site / "slomix_sunk" / "migrations" / "sunk.0001.x.rollback.sql").write_text("select 1;")
        (folder / "plugins.toml").write_text(
            "[plugins]\nleaky = true\nfallen = true\nsunk = true\nghost = true\n"
            f"[settings.ghost]\napi_key = '{C['a secret of a plugin that is not there']}'\n"
        )
        self.folder = folder
        self.said: list[str] = []
        self.environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith("SLOMIX_")},
            "PYTHONPATH": str(site),
            "PGPASSWORD": C["PGPASSWORD"],
            "SLOMIX_LOG__FORMAT": form,
            "SLOMIX_LOG__LEVEL": "debug",
            "SLOMIX_DATA_DIR": str(folder / "data"),
            "SLOMIX_DISCORD__TOKEN": C["discord token"],
            "SLOMIX_DISCORD__API_BASE": "http://127.0.0.1:1/api",
            "SLOMIX_DATABASE__PASSWORD": C["password of the settings"],
            "SLOMIX_DATABASE__URL": with_password(dsn, quote(C["password in the address"], safe="")),
            "SLOMIX_DATABASE__DIRECT_URL": with_password(dsn, C["password in the direct address"]),
            "SLOMIX_LEAKY__API_KEY": C["a plugin's secret"],
            "SLOMIX_LEAKY__PIN": C["a short one"],
            "SLOMIX_GHOST__TOKEN": C["a secret of a plugin that is not there"],
        }

    def run(self, *arguments: str, **variables: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "slomix", *arguments],
            cwd=self.folder,
            env={**self.environ, **variables},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        self.said += [done.stdout, done.stderr]
        return done.stdout + done.stderr

    def ask(self, address: str, **headers: str) -> str:
        request = urllib.request.Request(address, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                said = f"{answer.headers}{answer.read().decode()}"
        except urllib.error.HTTPError as refused:
            said = f"{refused.headers}{refused.read().decode()}"
        self.said.append(said)
        return said

    def escaped(self) -> list[str]:
        """The canaries that somebody can read. The JSON form is one that a reader undoes."""
        everything = "\n".join(self.said)
        forms = {name: {c, c.replace("\\", "\\\\"), c.replace('"', '\\"'), quote(c, safe="")} for name, c in C.items()}
        number = {name: re.match(r"canary-\d\d", c) for name, c in C.items()}
        return [
            name
            for name in C
            if any(form in everything for form in forms[name]) or ((n := number[name]) and n[0] in everything)
        ]


def with_password(dsn: str, password: str) -> str:
    return dsn.replace("@", f":{password}@", 1)


@pytest.mark.parametrize("form", ["json", "console"])
def test_a_running_program_sings_none(dsn: str, tmp_path: Path, form: str) -> None:
    cage = Cage(tmp_path, dsn, form)
    log = tmp_path / "log"
    with log.open("w") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "slomix", "--verbose", "up", "--port", "0"],
            cwd=tmp_path,
            env=cage.environ,
            stdout=subprocess.PIPE,
            stderr=file,
            text=True,
        )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        found = re.search(r"http://\S+", line)
        assert found is not None, log.read_text()
        url = found[0]
        headers = {
            "Authorization": f"Bearer {C['bearer token of a request']}",
            "Cookie": f"id={C['cookie of a request']}",
        }
        token = f"?token={C['token in a query']}"
        assert "incident" in cage.ask(f"{url}/leaky/boom{token}", **headers, Accept="application/json")
        assert "The key *** is wrong" in cage.ask(f"{url}/leaky/refuse{token}", **headers)
        cage.ask(f"{url}/leaky/refuse{token}", **headers, Accept="application/json")
        for path in ("/api/status", "/-/plugins", "/-/plugins.json", "/nowhere", "/openapi.json", "/-/ingest?name=a"):
            cage.ask(f"{url}{path}", **headers)
        assert "can not reach" in cage.ask(f"{url}/-/plugins.json")
    finally:
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=20)
    cage.said += [line, said, log.read_text()]
    assert "could not use ***" in log.read_text()
    assert "signing in" in log.read_text()
    assert cage.escaped() == []


def test_commands_sing_none(dsn: str, tmp_path: Path) -> None:
    cage = Cage(tmp_path, dsn, "console")
    assert "SLOMIX_DATABASE__URL" in cage.run("settings")
    cage.run("settings", "--json")
    cage.run("settings", "--env-example")
    assert "can not reach" in cage.run("migrate")
    cage.run("migrate", "--status")
    assert "refused ***" in cage.run("doctor")
    cage.run("doctor", "--json")
    cage.run("plugins")
    cage.run("plugins", "--json")
    cage.run("db", "status")
    away = f"postgresql://u:{C['password in the address']}@127.0.0.1:1/x"
    cage.run("ingest", "status", SLOMIX_DATABASE__URL=away, SLOMIX_DATABASE__DIRECT_URL=away)
    cage.run("ingest", "status", SLOMIX_DATABASE__URL=f"nonsense://u:{C['password in the address']}@[/x")
    cage.run("settings", SLOMIX_DATABASE__POOL_SIZE=C["password in the address"])
    for name in ("SLOMIX_GHOST__TOKEN", "SLOMIX_LEAKY__API_KEY", "SLOMIX_LEAKY__PIN"):
        del cage.environ[name]
    (tmp_path / "plugins.toml").write_text(f"[slomix.database]\nurl = 'postgresql://u:{C['a short one']}@h/x'\n")
    assert "must not be in a file" in cage.run("settings")
    (tmp_path / "plugins.toml").write_text(f"[slomix.discord]\ntoken = '{C['discord token']}'\n")
    assert "SLOMIX_DISCORD__TOKEN" in cage.run("settings")
    assert cage.escaped() == []


def test_a_traceback_of_the_interpreter_sings_none() -> None:
    program = (
        "from slomix.cli import main; from slomix import redact, settings; import os, sys, threading\n"
        "sys.argv = ['slomix', '--version']; main()\n"
        "settings.load(None, required=False)\n"
        "def fall(): raise RuntimeError(os.environ['SLOMIX_DISCORD__TOKEN'])\n"
        "thread = threading.Thread(target=fall); thread.start(); thread.join()\n"
        "fall()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "SLOMIX_DISCORD__TOKEN": C["discord token"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr.count("RuntimeError: ***") == 2, done.stderr
    assert "canary" not in done.stderr + done.stdout
