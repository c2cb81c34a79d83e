"""Secrets from files: `<VARIABLE>_FILE` for everything that is typed as a secret, of the core and of plugins."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import Field, SecretStr

from slomix.errors import SettingsError
from slomix.secret_files import secret_fields
from slomix.settings import CoreSettings, PluginSettings, Section, explain, load, plugin_settings


class Inner(Section):
    key: SecretStr | None = None


class Mine(PluginSettings):
    """A plugin's settings with secrets at two depths."""

    token: SecretStr = Field(default=SecretStr(""), description="x")
    inner: Inner = Inner()


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    file = tmp_path / "token"
    file.write_text("hush-9f2c41\n")
    return file


def shown(value: SecretStr | None) -> str | None:
    return None if value is None else value.get_secret_value()


def test_every_secret_of_the_core_has_its_file(secret: Path) -> None:
    paths = set(secret_fields(CoreSettings))
    assert {("discord", "token"), ("database", "password"), ("web", "metrics_token")} <= paths
    environ = {f"SLOMIX_{'__'.join(path).upper()}_FILE": str(secret) for path in paths}
    core = load(None, None, environ, required=False).core
    assert {shown(core.discord.token), shown(core.database.password), shown(core.web.metrics_token)} == {"hush-9f2c41"}


def test_a_plugins_secrets_have_theirs(secret: Path, tmp_path: Path) -> None:
    (tmp_path / "plugins.toml").write_text("[plugins]\nmine = true\n")
    environ = {"SLOMIX_MINE__TOKEN_FILE": str(secret), "SLOMIX_MINE__INNER__KEY_FILE": str(secret)}
    settings = load(tmp_path / "plugins.toml", None, environ)
    mine = plugin_settings(settings, "mine", Mine)
    assert (shown(mine.token), shown(mine.inner.key)) == ("hush-9f2c41", "hush-9f2c41")
    rows = {key: (value, source) for key, value, source in explain(settings, {"mine": Mine})}
    assert rows["settings.mine.token"] == ("***", "SLOMIX_MINE__TOKEN_FILE")


def test_the_variable_goes_before_its_file_which_is_not_even_read() -> None:
    environ = {"SLOMIX_DISCORD__TOKEN": "direct", "SLOMIX_DISCORD__TOKEN_FILE": "/nowhere/at/all"}
    assert shown(load(None, None, environ, required=False).core.discord.token) == "direct"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "which can not be read: No such file or directory"),
        (b"", "which is empty"),
        (b"\n", "which is empty"),
        (b"\xff\xfe\x00", "which is no text in UTF-8"),
        (b"x" * 70_000, "which is too long for a secret"),
    ],
)
def test_a_file_that_holds_no_secret_names_the_variable_and_the_path(
    content: bytes | None, words: str, tmp_path: Path
) -> None:
    file = tmp_path / "secret"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SettingsError, match=words) as refused:
        load(None, None, {"SLOMIX_DISCORD__TOKEN_FILE": str(file)}, required=False)
    assert str(refused.value).startswith(f"SLOMIX_DISCORD__TOKEN_FILE names {file}")
    assert refused.value.exit_code == 78


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="Is a directory"):
        load(None, None, {"SLOMIX_DISCORD__TOKEN_FILE": str(tmp_path)}, required=False)


def test_other_settings_have_no_file() -> None:
    with pytest.raises(
        SettingsError, match=r"Unknown setting slomix\.web\.port_file .* Did you mean slomix\.web\.port"
    ):
        load(None, None, {"SLOMIX_WEB__PORT_FILE": "/x"}, required=False)


def test_the_program_ends_with_78(tmp_path: Path) -> None:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("SLOMIX_")}
    done = subprocess.run(
        [sys.executable, "-m", "slomix", "settings"],
        cwd=tmp_path,
        env={**environ, "SLOMIX_DATABASE__PASSWORD_FILE": "/nowhere/at/all"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 78
    assert "SLOMIX_DATABASE__PASSWORD_FILE names /nowhere/at/all" in done.stderr
    assert "Traceback" not in done.stderr
