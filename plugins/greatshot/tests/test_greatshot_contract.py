"""greatshot keeps what every plugin promises."""

from __future__ import annotations

from slomix.testing.contract import PluginContract


class TestContract(PluginContract):
    plugin = "greatshot"
