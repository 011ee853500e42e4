"""How the tests of the whole house run: hypothesis measures no time, because machines that build are busy.

No test, and no server that one starts, asks a developer's own keyring.
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
