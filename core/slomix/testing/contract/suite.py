"""All checks as one class."""

from __future__ import annotations

from slomix.testing.contract.chat import ChatChecks
from slomix.testing.contract.files import FileChecks
from slomix.testing.contract.loading import LoadingChecks
from slomix.testing.contract.pages import PageChecks
from slomix.testing.contract.papers import PaperChecks
from slomix.testing.contract.people import PeopleChecks
from slomix.testing.contract.settings import SettingsChecks
from slomix.testing.contract.storage import StorageChecks


class PluginContract(
    LoadingChecks, SettingsChecks, StorageChecks, FileChecks, PeopleChecks, PageChecks, ChatChecks, PaperChecks
):
    """Subclass it as `TestContract` and say `plugin = "hello"`.

    Attributes: `settings` where the plugin has some without a default, `samples` (name to bytes) where neither a
    folder `samples` in its package nor its simulators give genuine files of its kinds.
    """
