"""Events: published inside a transaction, delivered to durable handlers by the queue and to live ones by LISTEN."""

from __future__ import annotations

from slomix.bus.live import Envelope, LiveFeed
from slomix.bus.outbox import Bus

__all__ = ["Bus", "Envelope", "LiveFeed"]
