"""The Slomix dashboard."""

from __future__ import annotations

from slomix_webui.plugin import WebuiPlugin

plugin = WebuiPlugin()
