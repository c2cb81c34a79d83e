"""`slomix doctor`: finds what is wrong, says what to do, and never dies."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

Slomix = Callable[..., subprocess.CompletedProcess[str]]


def examined(done: subprocess.CompletedProcess[str]) -> dict[str, dict[str, Any]]:
    answer = json.loads(done.stdout)
    assert set(answer) == {"ok", "checks"}
    assert answer["ok"] is (done.returncode == 0)
    assert all(set(check) == {"name", "ok", "detail", "next_step"} for check in answer["checks"])
    assert all(check["next_step"] for check in answer["checks"] if not check["ok"])
    return {check["name"]: check for check in answer["checks"]}


def test_a_fresh_folder_is_fine_and_stays_empty(slomix: Slomix, tmp_path: Path) -> None:
    (tmp_path / "plugins.toml").write_text("[plugins]\nstats = true\n")
    done = slomix("doctor", "--json")
    found = examined(done)
    assert done.returncode == 0, done.stdout + done.stderr
    assert {"python", "settings", "data folder", "disk space", "time zones", "database", "plugin stats"} <= set(found)
    assert not (tmp_path / "var").exists()
    assert "ok" in slomix("doctor").stdout


def test_bad_settings_are_one_of_its_findings(slomix: Slomix, tmp_path: Path) -> None:
    (tmp_path / "plugins.toml").write_text("[slomix]\ndata_dri = 'x'\n")
    done = slomix("doctor", "--json")
    assert done.returncode == 3
    assert "slomix.data_dir" in examined(done)["settings"]["detail"]


def test_the_login_is_looked_at(slomix: Slomix, tmp_path: Path) -> None:
    def login(more: str = "", **variables: str) -> dict[str, Any]:
        (tmp_path / "plugins.toml").write_text(f"[slomix.web.login]\n{more}\n")
        return examined(slomix("doctor", "--json", **variables))["login"]

    assert "SLOMIX_WEB__LOGIN__CLIENT_ID" in login()["detail"]
    half = login("client_id = 123")
    assert not half["ok"]
    assert "SLOMIX_WEB__LOGIN__CLIENT_SECRET" in half["detail"]
    secret = {"SLOMIX_WEB__LOGIN__CLIENT_SECRET": "canary-of-the-login"}
    on = login("client_id = 123", SLOMIX_WEB__PUBLIC_URL="https://stats.example/", **secret)
    assert on["ok"]
    assert "https://stats.example/-/callback" in on["detail"]
    assert "over http" in login("client_id = 123", SLOMIX_WEB__PUBLIC_URL="http://stats.example", **secret)["detail"]
    roles = login("client_id = 123\nroles = {42 = ['stats.decide']}", **secret)
    assert not roles["ok"]
    assert "slomix.discord.guild" in roles["next_step"]


def test_an_unreachable_database_and_a_lost_folder_are_found(slomix: Slomix, tmp_path: Path) -> None:
    (tmp_path / "plugins.toml").write_text(
        "[slomix.ingest]\nfolders = ['nowhere']\n"
        "[[slomix.ingest.sftp]]\nhost = 'game'\nuser = 'et'\nknown_hosts = 'hosts'\nfolders = ['gamestats']\n"
    )
    done = slomix("doctor", "--json", SLOMIX_DATABASE__URL="postgresql://me:canary@127.0.0.1:1/none")
    assert done.returncode == 3
    found = examined(done)
    assert not found["database"]["ok"]
    assert not found["watched folders"]["ok"]
    assert str(tmp_path / "hosts") in found["sftp"]["detail"]
    assert "et@game:22" in found["sftp"]["detail"]
    assert "canary" not in done.stdout + done.stderr
