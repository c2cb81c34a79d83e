"""`[settings.greatshot]`: limits, what is kept for how long, what counts as a highlight, how clips become films."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from slomix.settings import PluginSettings


class GreatshotSettings(PluginSettings):
    """Times of highlights are milliseconds. `most_mib` and the other limits hold for every way in."""

    most_mib: int = Field(64, ge=1, le=1024, description="largest demo that is taken, in MiB")
    uploads_per_hour: int = Field(60, ge=1, description="demos that one person may send per hour")
    most_demos: int = Field(500, ge=1, description="demos that one person may have here at once")
    folders: tuple[Path, ...] = Field((), description="folders whose demos are read by themselves")
    folder_settle_s: int = Field(30, ge=1, description="a file in a folder is whole when unchanged for this long")
    jobs: int = Field(1, ge=1, le=16, description="demos that are read at once by one worker process")
    scan_seconds: float = Field(60, ge=1, le=600, description="seconds after which reading a demo is given up")
    scan_mib: int = Field(512, ge=128, le=8192, description="memory that reading a demo may take, in MiB")
    keep_days: int = Field(180, ge=0, description="days until a demo's file is deleted; 0 keeps it. What it told stays")
    chat_days: int = Field(90, ge=0, description="days until the chat of a demo is deleted; 0 keeps it")
    clip_days: int = Field(30, ge=1, description="days until a clip is deleted; it is cut anew when asked for")
    film_days: int = Field(90, ge=1, description="days until a rendered film is deleted")
    clip_before_ms: int = Field(4000, ge=0, le=60_000, description="how long before a highlight its clip begins")
    clip_after_ms: int = Field(3000, ge=0, le=60_000, description="how long after a highlight its clip ends")
    night_post: bool = Field(False, description="post a night's best moments in Discord")
    multikill_gap_ms: int = Field(3000, ge=100, description="multikill: longest time between two of its kills")
    least_multikill: int = Field(3, ge=2, description="multikill: kills that it takes")
    burst_window_ms: int = Field(12_000, ge=100, description="burst: the time in which its kills happen")
    least_burst: int = Field(4, ge=2, description="burst: kills that it takes")
    least_spree: int = Field(5, ge=2, description="spree: kills in one life that it takes")
    quick_headshot_ms: int = Field(2500, ge=100, description="quick headshots: longest time between two of them")
    least_quick_headshots: int = Field(2, ge=2, description="quick headshots: headshot kills that it takes")
    least_aim: int = Field(3, ge=2, description="aim moment: headshot kills that it takes")
    least_head_hits: int = Field(4, ge=2, description="aim moment: hits to the head and nowhere else that it takes")
    least_last_man: int = Field(2, ge=1, description="last man standing: kills that it takes")
    least_denial: int = Field(2, ge=1, description="objective denied: kills that it takes")
    least_revives: int = Field(3, ge=2, description="revive train: revives that it takes")
    warmup: bool = Field(False, description="whether kills in the warmup count")
    renderer: tuple[str, ...] = Field(
        (), description="program and arguments that play a clip, as a JSON list; empty: no films are made"
    )
    encoder: tuple[str, ...] = Field(
        (), description="program and arguments that encode what the renderer wrote; empty: it is a film already"
    )
    render_seconds: int = Field(600, ge=10, le=3600, description="seconds after which making a film is given up")
    renders_per_hour: int = Field(6, ge=1, description="films that one person may ask for per hour")

    @property
    def most_bytes(self) -> int:
        """Of one demo."""
        return self.most_mib << 20
