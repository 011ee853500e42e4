"""Asks the system's keyring for a provider's key, in a child process; it never writes to the keyring or keeps a key.

The library `keyring` is an extra and is loaded by the child alone. A keyring that is locked may wait for a person, and
a library call that waits cannot be ended: a child can.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Sequence

from lsp_llm.errors import UserError

SERVICE = "lsp-llm"
TIME_LIMIT_SECONDS = 10.0
_NOTHING_THERE, _FAILED = 3, 4
# -P keeps the editor's working folder, which may hold anyone's files, out of the child's module path.
_CHILD = (sys.executable, "-P", "-m", __name__)


def keyring_password(
    provider_name: str, child: Sequence[str] = _CHILD, time_limit_seconds: float = TIME_LIMIT_SECONDS
) -> str | None:
    """What the keyring holds for service "lsp-llm" and the provider's name as user; blocks until it has answered.

    None where nothing is kept, the library is not installed or the system has no keyring. Raises UserError, worded to
    follow "the system keyring", when it fails or takes too long.
    """
    if importlib.util.find_spec("keyring") is None:
        return None
    command = [*child, provider_name]
    try:
        ended = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=time_limit_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise UserError(f"did not answer within {time_limit_seconds:g} s; is it locked?") from None
    printed = ended.stdout.decode("utf-8", "replace")
    match ended.returncode:
        case 0:
            return printed
        case code if code == _NOTHING_THERE:
            return None
        case code if code == _FAILED:
            raise UserError(f"failed ({printed}); is it locked?")
        case code:
            raise UserError(f"ended with exit code {code}")


def main(provider_name: str) -> int:
    """The child: prints the password alone, or the kind of a failure; gives the exit code."""
    import keyring
    from keyring.errors import NoKeyringError

    try:
        password = keyring.get_password(SERVICE, provider_name)
    except NoKeyringError:
        return _NOTHING_THERE
    except Exception as error:  # noqa: BLE001  Every backend has errors of its own, and a message may quote an entry.
        print(type(error).__name__, end="")
        return _FAILED
    if not password:
        return _NOTHING_THERE
    sys.stdout.buffer.write(password.encode())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
