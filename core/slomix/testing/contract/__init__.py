"""What every plugin promises, as a test class to subclass.

    from slomix.testing.contract import PluginContract

    class TestContract(PluginContract):
        plugin = "hello"

`slomix plugin check hello` runs the same checks and prints the tier: bronze loads, silver survives repeats and
aborts, gold is documented and can be tried without a game server.
"""

from __future__ import annotations

from slomix.testing.contract.suite import PluginContract

__all__ = ["PluginContract"]
