"""Typed, frozen settings: command line, then environment, then `plugins.toml`, then defaults.

An unknown key is an error with its dotted path. A secret (`SecretStr`) in the file is refused: it comes from the
environment only. The classes are here; how they are filled is in `slomix.configuration`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, field_validator
from pydantic_settings import NoDecode


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no IANA time zone, such as Europe/Ljubljana") from error
    return name


Zone = Annotated[str, AfterValidator(_known_zone)]


class Section(BaseModel):
    """A frozen group of settings that refuses unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class PluginSettings(Section):
    """Base of a plugin's settings: section `[settings.<plugin>]`, environment `SLOMIX_<PLUGIN>__<KEY>`."""


class DatabaseSettings(Section):
    """`[slomix.database]`."""

    url: str = Field(default="embedded", repr=False, description="`embedded`, or postgresql://user@host/name")
    password: SecretStr | None = Field(default=None, description="password of the database user; environment only")
    pooled: bool = Field(default=False, description="true behind a transaction pooler: no prepared statements are kept")
    direct_url: str | None = Field(
        default=None, repr=False, description="address past the pooler, for LISTEN, locks and migrations"
    )
    read_urls: tuple[str, ...] = Field(
        default=(), description="addresses of read replicas, for pages that may be a moment old"
    )
    pool_size: int = Field(default=8, ge=2, le=100, description="connections of one process")
    run_as: str | None = Field(default=None, description="account of the embedded server when Slomix runs as root")
    roles: Literal["on", "off"] = Field(
        default="on", description="off where the account may not create roles: no walls between the plugins' tables"
    )

    @property
    def walled(self) -> bool:
        """Whether statements go under the roles of those whose they are."""
        return self.roles == "on"


class LoginSettings(Section):
    """`[slomix.web.login]`: people log in with Discord. Without a client id nobody can."""

    client_id: int | None = Field(
        default=None, ge=1, description="id of the Discord application that people log in with; empty: login is off"
    )
    client_secret: SecretStr | None = Field(
        default=None, description="its client secret, from the OAuth2 page of the application; environment only"
    )
    days: int = Field(default=30, ge=1, le=365, description="days until a browser has to log in again")
    roles: dict[int, tuple[str, ...]] = Field(
        default_factory=dict,
        description="rights that a role of the guild gives on the web, by the role's id; as a variable one JSON object",
    )


class WebSettings(Section):
    """`[slomix.web]`."""

    host: str = Field(default="127.0.0.1", description="address to listen on")
    port: int = Field(default=8080, ge=0, le=65535, description="port to listen on; 0 picks a free one")
    public_url: str | None = Field(
        default=None, description="address people use, for links in Discord posts and login; other hosts are refused"
    )
    hosts: tuple[str, ...] = Field(
        default=(), description="further host names that are answered where public_url is set, as a JSON list"
    )
    metrics_token: SecretStr | None = Field(
        default=None, description="opens /metrics to programs on other machines; environment only"
    )
    changes_per_minute: int = Field(
        default=120, ge=1, description="what one address may change (POST and the like) in one plugin per minute"
    )
    streams_per_address: int = Field(
        default=20, ge=1, description="event streams (tabs with a live page) that one address may have open at once"
    )
    views_per_minute: int = Field(
        default=240, ge=1, description="pages that one address may look at per minute; unchanged ones do not count"
    )
    kept_answers_mib: int = Field(
        default=32, ge=0, le=4096, description="memory for ready pages until the data changes; 0 keeps none"
    )
    login: LoginSettings = LoginSettings()


class DiscordSettings(Section):
    """`[slomix.discord]`. Without a token the bot role is off."""

    token: SecretStr | None = Field(default=None, description="bot token; environment only")
    guild: int | None = Field(default=None, description="server (guild) where commands are published at once")
    channel: int | None = Field(default=None, description="channel of the automatic posts")
    owner: int | None = Field(default=None, description="Discord account that may do everything, and name admins")
    api_base: str = Field(default="https://discord.com/api/v10", description="REST address")
    gateway_url: str | None = Field(default=None, description="gateway address; None asks the REST side")
    digest: bool = Field(default=False, description="post a digest when a session is over")
    digest_min_rounds: int = Field(default=4, ge=1, description="rounds that a session needs for a digest")
    post_max_age: int = Field(default=60, ge=0, description="minutes: older rounds are imported without a post")
    command_channels: tuple[int, ...] = Field(
        default=(), description="ids of the channels where commands are answered, as a JSON list; empty: everywhere"
    )
    prefix: str = Field(
        default="",
        max_length=5,
        description="sign of the old commands (`!`); empty: off, as it needs the message content intent",
    )


class FolderSource(Section):
    """A watched folder. `server` names the game server it belongs to; None takes the stats header's host name."""

    path: Path
    server: str | None = None


class SftpSource(Section):
    """A machine from which files are fetched. Its host key must be in `known_hosts`; secrets are variables only."""

    host: str = Field(min_length=1)
    port: int = Field(default=22, ge=1, le=65535)
    user: str = Field(min_length=1)
    key: Path | None = None
    known_hosts: Path
    folders: tuple[str, ...] = Field(min_length=1)
    server: str | None = None
    every_s: float = Field(default=60, ge=1)

    @property
    def name(self) -> str:
        """How the source is called in logs, in the database and in `slomix doctor`."""
        return f"{self.user}@{self.host}:{self.port}"


class IngestSettings(Section):
    """`[slomix.ingest]`."""

    folders: Annotated[tuple[FolderSource, ...], NoDecode] = Field(default=(), description="folders to watch")
    sftp: tuple[SftpSource, ...] = Field(
        default=(), description="machines to fetch files from by SFTP; as a variable a JSON list of objects"
    )
    sftp_passphrase: SecretStr | None = Field(
        default=None, description="opens the key files of slomix.ingest.sftp; environment only"
    )
    sftp_password: SecretStr | None = Field(
        default=None, description="for machines of slomix.ingest.sftp that take no key; environment only"
    )
    settle_ms: int = Field(default=250, ge=0, description="a file is complete when unchanged for this long")
    max_upload_bytes: int = Field(default=64 << 20, ge=1024, description="largest body of POST /-/ingest")
    upload_burst: int = Field(default=2000, ge=1, description="files that one server may send at once")
    uploads_per_minute: int = Field(default=600, ge=1, description="files of one server per minute in the long run")

    @field_validator("folders", mode="before")
    @classmethod
    def _short_forms(cls, value: Any) -> Any:
        return _folders(value)


def _folders(value: Any) -> Any:
    """Every way to write folders as a list of tables.

    A list holds tables, paths or `name=path`; a string is such a list in JSON, or paths with `os.pathsep` between.
    """
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            value = json.loads(value)
        except ValueError as error:
            raise ValueError(f"begins like a JSON list of folders and is none: {error}") from error
    if isinstance(value, str):
        value = [part for part in value.split(os.pathsep) if part]
    if not isinstance(value, list | tuple):
        return value
    return [_folder(item) if isinstance(item, str) else item for item in value]


def _folder(item: str) -> dict[str, str]:
    server, equals, path = item.partition("=")
    if equals and "/" not in server and "\\" not in server:
        return {"server": server.strip(), "path": path.strip()}
    return {"path": item.strip()}


class SessionSettings(Section):
    """`[slomix.sessions]`."""

    gap_minutes: int = Field(
        default=60, ge=1, description="a longer pause between two rounds of a server ends the session"
    )
    match_window_minutes: int = Field(
        default=45, ge=1, description="the longest time between the two halves of a match"
    )


class ServerSettings(Section):
    """`[slomix.servers."name"]`."""

    timezone: Zone | None = Field(
        default=None, description="IANA zone of this server's clock; None takes slomix.timezone"
    )
    address: str | None = Field(
        default=None,
        pattern=r"^(\[[0-9a-fA-F:.]+\]|[^\s:\[\]/\\]+)(:\d{1,5})?$",
        description="host:port where the game server answers, to ask who plays there",
    )


class JobsSettings(Section):
    """`[slomix.jobs]`."""

    heartbeat_s: float = Field(
        default=30, ge=0.5, description="seconds: jobs of a worker that was silent for so long go to another one"
    )


class LogSettings(Section):
    """`[slomix.log]`."""

    level: str = Field(
        default="info", pattern="^(debug|info|warning|error)$", description="least level that is written"
    )
    format: str = Field(
        default="auto", pattern="^(auto|json|console)$", description="auto: console on a terminal, else JSON"
    )


class CoreSettings(Section):
    """`[slomix]` and everything below it."""

    strict: bool = Field(default=False, description="refuse to start when a plugin is failed, missing or blocked")
    data_dir: Path = Field(default=Path("var"), description="embedded database, raw artifacts, state")
    timezone: Zone = Field(
        default="Europe/Ljubljana", description="IANA zone of game servers that do not name their own"
    )
    database: DatabaseSettings = DatabaseSettings()
    web: WebSettings = WebSettings()
    discord: DiscordSettings = DiscordSettings()
    ingest: IngestSettings = IngestSettings()
    sessions: SessionSettings = SessionSettings()
    jobs: JobsSettings = JobsSettings()
    log: LogSettings = LogSettings()
    servers: dict[str, ServerSettings] = Field(
        default_factory=dict, description="settings of single game servers by name; as a variable one JSON object"
    )


@dataclass(frozen=True, slots=True, repr=False)
class Sources:
    """What settings were read from, kept for the sections of plugins and for `slomix settings`.

    `environ` holds the `SLOMIX_` variables (secrets among them, hence no repr), `overrides` the dotted keys of the
    command line, `text` the file as it was read.
    """

    environ: Mapping[str, str] = field(default_factory=dict)
    overrides: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""


class Settings(Section):
    """Everything one program was told: the core's settings, which plugins, and each plugin's raw section.

    `plugins` maps a name to true or false in file order; `plugin_sections` holds the raw TOML tables of
    `[settings.<plugin>]`, which are validated by the plugin's own class when it is loaded.
    `file` is the plugins.toml that was read.
    """

    core: CoreSettings
    plugins: dict[str, bool]
    plugin_sections: dict[str, dict[str, Any]]
    file: Path | None
    sources: Sources = Field(default_factory=Sources, repr=False, exclude=True)


P = TypeVar("P", bound=PluginSettings)


def load(
    path: Path | None = None,
    overrides: Mapping[str, Any] | None = None,
    environ: Mapping[str, str] | None = None,
    *,
    required: bool = True,
) -> Settings:
    """Read everything this program was told; `path` None looks for plugins.toml here and above (or SLOMIX_CONFIG).

    `overrides` maps dotted keys (`web.port`, `stats.min_rounds`) to values. `required` False goes on without a file.
    Raises `SettingsError` that names the setting and where it was read.
    """
    from slomix import configuration

    return configuration.load(path, overrides, environ, required=required)


def plugin_settings(settings: Settings, name: str, cls: type[P]) -> P:
    """The settings of one plugin, validated by its own class. Raises `SettingsError`."""
    from slomix import configuration

    return configuration.plugin_settings(settings, name, cls)


def explain(
    settings: Settings, plugins: Mapping[str, type[PluginSettings]] | None = None
) -> list[tuple[str, str, str]]:
    """Rows (dotted key, value, source) of every setting; secrets are `***`.

    `plugins` gives the classes of the plugins to show in full; of others only what was given is listed.
    """
    from slomix import configuration

    return configuration.explain(settings, plugins or {})
