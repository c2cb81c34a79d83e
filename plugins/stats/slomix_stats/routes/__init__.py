"""The JSON of stats, at `/stats/api/v1/…`: what happened (`plain`), and what it means (`insight`)."""

from __future__ import annotations

from slomix_stats.routes.insight import insight_routes
from slomix_stats.routes.plain import routes

__all__ = ["insight_routes", "routes"]
