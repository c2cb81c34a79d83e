"""Settings: where they come from, which one wins, and what a person is told when one is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from slomix.errors import SettingsError
from slomix.settings import FolderSource, PluginSettings, explain, load, plugin_settings


class Stats(PluginSettings):
    min_rounds: int = 3
    folder: Path = Path("cache")
    key: SecretStr | None = None


def write(folder: Path, text: str) -> Path:
    file = folder / "plugins.toml"
    file.write_text(text)
    return file


def refusal(file: Path, environ: dict[str, str] | None = None, overrides: dict[str, Any] | None = None) -> str:
    with pytest.raises(SettingsError) as error:
        load(file, overrides, environ or {})
    assert error.value.exit_code == 78
    return str(error.value)


def test_command_line_wins_over_environment_over_file_over_default(tmp_path: Path) -> None:
    file = write(tmp_path, "[slomix.web]\nhost = 'file'\nport = 1\npublic_url = 'file'\n")
    settings = load(
        file,
        {"slomix.web.host": "line"},
        {"SLOMIX_WEB__HOST": "environment", "SLOMIX_WEB__PUBLIC_URL": "environment"},
    )
    web = settings.core.web
    assert (web.host, web.public_url, web.port) == ("line", "environment", 1)
    assert settings.core.discord.post_max_age == 60


def test_a_variable_without_a_value_is_not_set(tmp_path: Path) -> None:
    file = write(tmp_path, "[slomix.web]\nport = 1\n")
    settings = load(file, {}, {"SLOMIX_DISCORD__TOKEN": "", "SLOMIX_WEB__PORT": "", "SLOMIX_INGEST__FOLDERS": ""})
    assert settings.core.discord.token is None
    assert settings.core.web.port == 1
    assert settings.core.ingest.folders == ()


def test_relative_paths_of_the_file_lie_beside_it_and_others_in_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    file = write(tmp_path, "[slomix.ingest]\nfolders = ['inbox', {path = 'second', server = 'two'}]\n")
    core = load(file, None, {}).core
    assert core.data_dir == tmp_path / "var"
    assert core.ingest.folders == (
        FolderSource(path=tmp_path / "inbox"),
        FolderSource(path=tmp_path / "second", server="two"),
    )
    assert load(file, None, {"SLOMIX_DATA_DIR": "elsewhere"}).core.data_dir == here / "elsewhere"


@pytest.mark.parametrize(
    "value",
    ["/a:two=/b", '["/a", "two=/b"]', '[{"path": "/a"}, {"path": "/b", "server": "two"}]'],
)
def test_folders_from_the_environment(tmp_path: Path, value: str) -> None:
    core = load(write(tmp_path, ""), None, {"SLOMIX_INGEST__FOLDERS": value}).core
    assert core.ingest.folders == (FolderSource(path=Path("/a")), FolderSource(path=Path("/b"), server="two"))


def test_file_is_found_above_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write(tmp_path, "")
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)
    assert load(None, None, {}).file == file
    other = tmp_path / "other.toml"
    other.write_text("[plugins]\nstats = false\n")
    assert load(None, None, {"SLOMIX_CONFIG": str(other)}).plugins == {"stats": False}


def test_without_a_file_says_how_to_get_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError, match="slomix plugins enable stats webui"):
        load(None, None, {})
    settings = load(None, None, {}, required=False)
    assert (settings.file, settings.plugins, settings.core.data_dir) == (None, {}, tmp_path / "var")


def test_unknown_key_in_the_file_names_its_line_and_the_nearest_name(tmp_path: Path) -> None:
    text = refusal(write(tmp_path, "[slomix]\nstrict = true\n\n[slomix.web]\nprot = 1\n"))
    assert "slomix.web.prot" in text
    assert "plugins.toml:5" in text
    assert "Did you mean slomix.web.port?" in text


@pytest.mark.parametrize(
    ("variable", "nearest"),
    [
        ("SLOMIX_WEB__PROT", "slomix.web.port"),
        ("SLOMIX_WBE__PORT", "SLOMIX_WEB__PORT"),
        ("SLOMIX_DATADIR", "SLOMIX_DATA_DIR"),
    ],
)
def test_unknown_variable_is_named_with_the_nearest(tmp_path: Path, variable: str, nearest: str) -> None:
    text = refusal(write(tmp_path, ""), {variable: "1"})
    assert variable in text
    assert f"Did you mean {nearest}?" in text


def test_unknown_override_is_named(tmp_path: Path) -> None:
    assert "-s web.prot" in refusal(write(tmp_path, ""), {}, {"web.prot": "1"})


def test_malformed_value_names_the_variable_and_never_shows_it(tmp_path: Path) -> None:
    text = refusal(write(tmp_path, ""), {"SLOMIX_DISCORD__GUILD": "canary-73"})
    assert "SLOMIX_DISCORD__GUILD" in text
    assert "canary-73" not in text
    assert "SLOMIX_SERVERS" in refusal(write(tmp_path, ""), {"SLOMIX_SERVERS": "{broken"})
    assert "Europe/Nowhere" in refusal(write(tmp_path, "[slomix]\ntimezone = 'Europe/Nowhere'\n"))


@pytest.mark.parametrize(
    "text",
    ["slomxi = 1", "[slomxi]", "schema = 2", "[plugins]\nstats = 1", "slomix = 3", "[settings]\nstats = 3", "broken ="],
)
def test_a_file_of_the_wrong_shape_is_refused_by_name(tmp_path: Path, text: str) -> None:
    assert "plugins.toml" in refusal(write(tmp_path, text))


def test_secret_in_the_file_is_refused_without_showing_it(tmp_path: Path) -> None:
    text = refusal(write(tmp_path, "[slomix.discord]\ntoken = 'canary-42'\n"))
    assert "slomix.discord.token" in text
    assert "plugins.toml:2" in text
    assert "SLOMIX_DISCORD__TOKEN" in text
    assert "canary-42" not in text
    settings = load(write(tmp_path, ""), None, {"SLOMIX_DISCORD__TOKEN": "canary-42"})
    assert settings.core.discord.token is not None
    assert settings.core.discord.token.get_secret_value() == "canary-42"
    assert "canary-42" not in repr(settings)


def test_a_plugins_section_comes_from_all_sources(tmp_path: Path) -> None:
    file = write(tmp_path, "[plugins]\nstats = true\n[settings.stats]\nmin_rounds = 4\nfolder = 'x'\n")
    stats = plugin_settings(load(file, None, {}), "stats", Stats)
    assert (stats.min_rounds, stats.folder) == (4, tmp_path / "x")
    assert plugin_settings(load(file, None, {"SLOMIX_STATS__MIN_ROUNDS": "5"}), "stats", Stats).min_rounds == 5
    both = load(file, {"stats.min_rounds": 6}, {"SLOMIX_STATS__MIN_ROUNDS": "5"})
    assert plugin_settings(both, "stats", Stats).min_rounds == 6


@pytest.mark.parametrize(
    ("text", "environ", "overrides", "where"),
    [
        ("[settings.stats]\nmin_ronds = 1", {}, {}, "plugins.toml:4"),
        ("", {"SLOMIX_STATS__MIN_RONDS": "1"}, {}, "SLOMIX_STATS__MIN_RONDS"),
        ("", {}, {"stats.min_ronds": "1"}, "-s stats.min_ronds"),
    ],
)
def test_unknown_key_of_a_plugin_is_named(
    tmp_path: Path, text: str, environ: dict[str, str], overrides: dict[str, str], where: str
) -> None:
    settings = load(write(tmp_path, f"[plugins]\nstats = true\n{text}\n"), overrides, environ)
    with pytest.raises(SettingsError, match=r"Did you mean settings\.stats\.min_rounds") as error:
        plugin_settings(settings, "stats", Stats)
    assert where in str(error.value)


def test_secret_of_a_plugin_in_the_file_is_refused(tmp_path: Path) -> None:
    settings = load(write(tmp_path, "[plugins]\nstats = true\n[settings.stats]\nkey = 'canary-7'\n"), None, {})
    with pytest.raises(SettingsError, match="SLOMIX_STATS__KEY") as error:
        plugin_settings(settings, "stats", Stats)
    assert "canary-7" not in str(error.value)


def test_explain_gives_every_value_with_its_source_and_no_secret(tmp_path: Path) -> None:
    file = write(tmp_path, "[plugins]\nstats = true\n[slomix.servers.one]\ntimezone = 'UTC'\n")
    environ = {
        "SLOMIX_DISCORD__TOKEN": "canary-1",
        "SLOMIX_STATS__KEY": "canary-2",
        "SLOMIX_WEB__PORT": "81",
    }
    settings = load(file, {"strict": True}, environ)
    rows = {key: (value, source) for key, value, source in explain(settings, {"stats": Stats})}
    assert rows["slomix.web.port"] == ("81", "SLOMIX_WEB__PORT")
    assert rows["slomix.strict"] == ("true", "-s strict")
    assert rows["slomix.servers.one.timezone"] == ("UTC", f"{file}:4")
    assert rows["slomix.discord.token"] == ("***", "SLOMIX_DISCORD__TOKEN")
    assert rows["settings.stats.key"] == ("***", "SLOMIX_STATS__KEY")
    assert rows["settings.stats.min_rounds"] == ("3", "default")
    assert "canary" not in str(rows) + str(explain(settings))


def test_a_password_in_an_address_is_refused_in_the_file_and_hidden_elsewhere(tmp_path: Path) -> None:
    text = refusal(write(tmp_path, "[slomix.database]\nurl = 'postgresql://me:canary@host/x'\n"))
    assert "slomix.database.url" in text
    assert "canary" not in text
    settings = load(write(tmp_path, ""), None, {"SLOMIX_DATABASE__URL": "postgresql://me:canary@host/x"})
    assert settings.core.database.url.endswith("canary@host/x")
    rows = {key: value for key, value, _ in explain(settings)}
    assert rows["slomix.database.url"] == "postgresql://me:***@host/x"
