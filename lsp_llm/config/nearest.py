"""Finds the known name that a misspelt one was probably meant to be; it never guesses when nothing is near."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name closest to `name`, or None when all are far from it."""
    # Only a mistake needs it; the server starts and idles without.
    import difflib

    folded = {candidate.casefold(): candidate for candidate in known}
    matches = difflib.get_close_matches(name.casefold(), folded, n=1)
    return folded[matches[0]] if matches else None


def known_names(name: str, known: Iterable[str]) -> str:
    """A clause for a message about an unknown name: the nearest known one, or else all of them."""
    names = sorted(known)
    if (near := nearest(name, names)) is not None:
        return f'did you mean "{near}"?'
    if not names:
        return "none is known"
    return "known: " + ", ".join(names)
