"""Tokens of Google's application default credentials, by Google's own library; it keeps none.

The library is an extra and is imported when a token is first asked for. It blocks: files are read, hosts are asked.
"""

from __future__ import annotations

import datetime
from typing import Any, Final

from lsp_llm.config.secrets import as_key
from lsp_llm.errors import Auth, Unavailable, UserError
from lsp_llm.providers.tokens import Token

_SCOPE: Final = "https://www.googleapis.com/auth/cloud-platform"
_LOGIN: Final = "`gcloud auth application-default login`"
_USUAL_SECONDS: Final = 3_600.0


def google_token() -> Token:
    """A token of whatever credentials Google's library finds; blocking, as long as a host may take to answer.

    Raises UserError without the library or without credentials, Auth where Google declines, Unavailable where Google
    cannot be reached.
    """
    try:
        import google.auth
        from google.auth.exceptions import DefaultCredentialsError, GoogleAuthError, TransportError
        from google.auth.transport.requests import Request
    except ImportError:
        raise UserError('auth = "google" needs Google\'s library: install "lsp-llm[vertex]"') from None
    try:
        credentials: Any = google.auth.default(scopes=[_SCOPE])[0]
        credentials.refresh(Request())
    except DefaultCredentialsError:
        raise UserError(
            f"Google's application default credentials are not there or cannot be read: run {_LOGIN}, "
            "or name a key file in GOOGLE_APPLICATION_CREDENTIALS"
        ) from None
    except TransportError:
        raise Unavailable("Google's token service cannot be reached.", "Check the network and HTTPS_PROXY.") from None
    except GoogleAuthError:
        # Its message may hold a part of the credentials.
        raise Auth("Google gives no token for the application default credentials.", f"Run {_LOGIN}.") from None
    return Token(as_key(credentials.token, "Google's token"), _seconds_until(credentials.expiry))


def _seconds_until(expiry: datetime.datetime | None) -> float:
    """Google's library says it in UTC, without saying so."""
    if expiry is None:
        return _USUAL_SECONDS
    return (expiry.replace(tzinfo=datetime.UTC) - datetime.datetime.now(datetime.UTC)).total_seconds()
