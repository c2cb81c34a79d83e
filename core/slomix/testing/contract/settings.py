"""Checks: settings are described, frozen, strict, and keep secrets out of the file."""

from __future__ import annotations

import re
from typing import Any

import pytest
from pydantic import SecretStr

from slomix.errors import SettingsError
from slomix.settings import CoreSettings, PluginSettings, Settings, plugin_settings
from slomix.testing.contract.base import ContractBase
from slomix.testing.contract.subject import Subject
from slomix.testing.contract.tiers import tier

SECRET = re.compile(r"(^|_)(token|secret|password|api_?key|private_key|credentials?)$")
PLANTED = "planted-canary"


def told(subject: Subject, section: dict[str, Any]) -> PluginSettings:
    """The plugin's settings when plugins.toml has this section. Raises `SettingsError`."""
    settings = Settings(core=CoreSettings(), plugins={}, plugin_sections={subject.name: section}, file=None)
    return plugin_settings(settings, subject.name, subject.plugin.Settings)


class SettingsChecks(ContractBase):
    """Bronze: a person can set it up."""

    @tier("bronze")
    def test_its_settings_are_described(self, subject: Subject) -> None:
        """Every setting has a description"""
        fields = subject.plugin.Settings.model_fields
        bare = [name for name, field in fields.items() if not field.description]
        assert not bare, f"these settings have no description: {', '.join(bare)}"

    @tier("bronze")
    def test_its_secrets_stay_out_of_the_file(self, subject: Subject) -> None:
        """Secrets are SecretStr, and refused in plugins.toml"""
        for name, field in subject.plugin.Settings.model_fields.items():
            secret = SecretStr in (field.annotation, *getattr(field.annotation, "__args__", ()))
            assert secret or not SECRET.search(name), f"{name} sounds like a secret; type it as SecretStr"
            if secret:
                with pytest.raises(SettingsError) as refusal:
                    told(subject, {**self.settings, name: PLANTED})
                assert PLANTED not in str(refusal.value), f"the error repeats the value of {name}"

    @tier("bronze")
    def test_its_settings_refuse_what_they_do_not_know(self, subject: Subject) -> None:
        """An unknown key is an error, and values do not change while it runs"""
        config = subject.plugin.Settings.model_config
        assert config.get("extra") == "forbid", "its Settings must inherit PluginSettings with extra='forbid'"
        assert config.get("frozen") is True, "its Settings must stay frozen"
        told(subject, dict(self.settings))
        with pytest.raises(SettingsError):
            told(subject, {**self.settings, "no_such_setting": 1})
