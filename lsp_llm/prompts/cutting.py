"""Shortens a text at its start or its end, never inside a character as a reader sees it; it leaves no mark.

Where a line ends nearby the cut is made there, since half a line of code tells a model little.
"""

from __future__ import annotations

import unicodedata

LINE_SEARCH_CHARACTERS = 400
"""How far a cut may move to reach the end of a line, and not more than a quarter of what is kept."""

_JOINER = "\u200d"


def head(text: str, limit_characters: int) -> str:
    """The start of the text, at most so many characters (code points)."""
    if len(text) <= limit_characters:
        return text
    cut = max(0, limit_characters)
    reach = min(LINE_SEARCH_CHARACTERS, cut // 4)
    line = text.rfind("\n", cut - reach, cut) + 1
    if line > 0:
        return text[:line]
    while not is_boundary(text, cut):
        cut -= 1
    return text[:cut]


def tail(text: str, limit_characters: int) -> str:
    """The end of the text, at most so many characters (code points)."""
    if len(text) <= limit_characters:
        return text
    cut = len(text) - max(0, limit_characters)
    reach = min(LINE_SEARCH_CHARACTERS, (len(text) - cut) // 4)
    line = text.find("\n", max(0, cut - 1), cut + reach) + 1
    if line > 0:
        return text[line:]
    while not is_boundary(text, cut):
        cut += 1
    return text[cut:]


def is_boundary(text: str, place: int) -> bool:
    """Whether a text may be cut there: not in CRLF, a surrogate pair, a joined emoji, a flag, or before an accent.

    A little stricter than Unicode's grapheme clusters: flags in a row stay together.
    """
    if not 0 < place < len(text):
        return True
    last, following = text[place - 1], text[place]
    if last in "\r\n":
        return (last, following) != ("\r", "\n")
    if last < "\u0300" and following < "\u0300":
        return True
    return not (
        unicodedata.category(following) in {"Mn", "Me", "Mc"}
        or _JOINER in (last, following)
        or following == "\u200c"
        or ("\ud800" <= last <= "\udbff" and "\udc00" <= following <= "\udfff")
        or _is_jamo(last, following)
        or "\U0001f3fb" <= following <= "\U0001f3ff"  # skin tones
        or (_is_flag_letter(last) and _is_flag_letter(following))
        or "\U000e0020" <= following <= "\U000e007f"  # the flags of regions spell their names with these
    )


def _is_jamo(last: str, following: str) -> bool:
    """Whether two Korean letters may be parts of one syllable."""
    return _is_hangul(last) and ("\u1100" <= following <= "\u11ff" or "\ud7b0" <= following <= "\ud7ff")


def _is_hangul(character: str) -> bool:
    return "\u1100" <= character <= "\u11ff" or "\ua960" <= character <= "\ua97f" or "\uac00" <= character <= "\ud7ff"


def _is_flag_letter(character: str) -> bool:
    """A flag is two of these."""
    return "\U0001f1e6" <= character <= "\U0001f1ff"
