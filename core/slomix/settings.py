"""Typed, frozen settings: command line, then environment, then `plugins.toml`, then defaults.

An unknown key is an error with its dotted path. A secret (`SecretStr`) in the file is refused: it comes from the
environment only.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr
from pydantic_settings import NoDecode


class Section(BaseModel):
    """A frozen group of settings that refuses unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class PluginSettings(Section):
    """Base of a plugin's settings: section `[settings.<plugin>]`, environment `SLOMIX_<PLUGIN>__<KEY>`."""


class DatabaseSettings(Section):
    """`[slomix.database]`."""

    url: str = Field("embedded", description="`embedded`, or postgresql://user@host/name")
    password: SecretStr | None = Field(None, description="password of the database user; environment only")
    pooled: bool = Field(False, description="true behind a transaction pooler: no prepared statements are kept")
    direct_url: str | None = Field(None, description="address past the pooler, for LISTEN, locks and migrations")
    pool_size: int = Field(8, ge=2, le=100, description="connections of one process")
    run_as: str | None = Field(None, description="account of the embedded server when Slomix runs as root")


class WebSettings(Section):
    """`[slomix.web]`."""

    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(8080, ge=0, le=65535, description="port to listen on; 0 picks a free one")
    public_url: str | None = Field(None, description="address people use, for links in Discord posts")


class DiscordSettings(Section):
    """`[slomix.discord]`. Without a token the bot role is off."""

    token: SecretStr | None = Field(None, description="bot token; environment only")
    guild: int | None = Field(None, description="server (guild) where commands are published at once")
    channel: int | None = Field(None, description="channel of the automatic posts")
    api_base: str = Field("https://discord.com/api/v10", description="REST address")
    gateway_url: str | None = Field(None, description="gateway address; None asks the REST side")
    post_max_age: int = Field(60, ge=0, description="minutes: older rounds are imported without a post")


class FolderSource(Section):
    """A watched folder. `server` names the game server it belongs to; None takes the stats header's host name."""

    path: Path
    server: str | None = None


class IngestSettings(Section):
    """`[slomix.ingest]`."""

    folders: Annotated[tuple[FolderSource, ...], NoDecode] = Field((), description="folders to watch")
    settle_ms: int = Field(250, ge=0, description="a file is complete when unchanged for this long")
    max_upload_bytes: int = Field(64 << 20, ge=1024, description="largest body of POST /-/ingest")


class SessionSettings(Section):
    """`[slomix.sessions]`."""

    gap_minutes: int = Field(60, ge=1, description="a longer pause between two rounds of a server ends the session")
    match_window_minutes: int = Field(45, ge=1, description="the longest time between the two halves of a match")


class ServerSettings(Section):
    """`[slomix.servers."name"]`."""

    timezone: str | None = Field(None, description="IANA zone of this server's clock; None takes slomix.timezone")


class LogSettings(Section):
    """`[slomix.log]`."""

    level: str = Field("info", pattern="^(debug|info|warning|error)$", description="least level that is written")
    format: str = Field("auto", pattern="^(auto|json|console)$", description="auto: console on a terminal, else JSON")


class CoreSettings(Section):
    """`[slomix]` and everything below it."""

    strict: bool = Field(False, description="refuse to start when a plugin is failed, missing or blocked")
    data_dir: Path = Field(Path("var"), description="embedded database, raw artifacts, state")
    timezone: str = Field("Europe/Ljubljana", description="IANA zone of game servers that do not name their own")
    database: DatabaseSettings = DatabaseSettings()
    web: WebSettings = WebSettings()
    discord: DiscordSettings = DiscordSettings()
    ingest: IngestSettings = IngestSettings()
    sessions: SessionSettings = SessionSettings()
    log: LogSettings = LogSettings()
    servers: dict[str, ServerSettings] = Field(default_factory=dict)


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
