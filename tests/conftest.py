"""How the tests of the whole house run: hypothesis measures no time, because machines that build are busy."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
