"""What all tests of the checkout share."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# How long an example takes says something of the machine, not of the code.
settings.register_profile("slomix", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("slomix")
