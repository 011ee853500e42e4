"""A short, harmless quotation of what a host sent, for a sentence or the log; it never lets a secret through.

A codec does not know the key in use, so whatever looks like one is hidden, and rather too much than too little.
"""

from __future__ import annotations

import re

LIMIT_CHARACTERS = 200

_READ_CHARACTERS = 8_000
_HIDDEN = "[hidden]"
_SECRETS = re.compile(
    r"""
      \b (?: bearer | basic ) \s+ [^\s"',;<>]+
    | \b (?: sk | rk | pk | gsk | xai | hf | ghp | pplx | nvapi ) [-_] [^\s"',;<>]{4,}
    | \b AIza [\w-]{8,}
    | \b [A-Za-z0-9_]* (?: key | token | secret | passw(?:or)?d | authorization )
      (?: \s provided )? ["']? \s* [:=] \s* ["']? (?: (?: bearer | basic ) \s+ )? [^\s"'&,;<>]{4,}
    | (?<= :// ) [^\s/@"'<>]+ (?= @ )
    | \b (?= [A-Za-z_+=]* [0-9] ) (?= [0-9_+=]* [A-Za-z] ) [A-Za-z0-9_+=]{32,}
    """,
    re.IGNORECASE | re.VERBOSE,
)
_UNSEEN_MARKUP = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.IGNORECASE | re.DOTALL)
_MARKUP = re.compile(r"<[^>]*(?:>|\Z)")


def snippet(raw: bytes | str, limit_characters: int = LIMIT_CHARACTERS) -> str:
    """At most `limit_characters` of it on one line, printable, secrets hidden."""
    text = raw[:_READ_CHARACTERS].decode("utf-8", "replace") if isinstance(raw, bytes) else raw[:_READ_CHARACTERS]
    plain = "".join(character if character.isprintable() else " " for character in text)
    line = _SECRETS.sub(_HIDDEN, " ".join(plain.split()))
    return line if len(line) <= limit_characters else line[: limit_characters - 1] + "…"


def snippet_near(text: str, offset: int, limit_characters: int = 120) -> str:
    """What stands around `offset`, like `snippet`; secrets are hidden before the cut, which leaves no half of one."""
    first = max(0, offset - _READ_CHARACTERS // 2)
    window = _SECRETS.sub(lambda secret: "*" * len(secret[0]), text[first : first + _READ_CHARACTERS])
    return snippet(window[max(0, offset - first - limit_characters // 2) :], limit_characters)


def page_snippet(page: bytes) -> str:
    """The words that a reader of this web page would see, shortened like `snippet`."""
    text = page[:_READ_CHARACTERS].decode("utf-8", "replace")
    return snippet(_MARKUP.sub(" ", _UNSEEN_MARKUP.sub(" ", text)))
