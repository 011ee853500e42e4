"""One line of a .gitignore as a pattern, with git's own meaning (gitignore(5), git's wildmatch); it reads no file.

A pattern is asked about one path alone. That a folder which is ignored hides all below it is for the caller to know,
who comes down from the top; libraries that look at whole paths only get `!` wrong there. Letters count as git counts
bytes, so that `?` is also one letter of two bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

# Inside `[…]`; the ranges of the C locale, as git has them.
_CLASSES: Mapping[str, str] = MappingProxyType(
    {
        "alnum": "0-9A-Za-z",
        "alpha": "A-Za-z",
        "blank": " \\t",
        "cntrl": "\\x00-\\x1f\\x7f",
        "digit": "0-9",
        "graph": "!-~",
        "lower": "a-z",
        "print": " -~",
        "punct": "!-/:-@\\[-`{-~",
        "space": " \\t-\\r",
        "upper": "A-Z",
        "xdigit": "0-9A-Fa-f",
    }
)
_TOKEN = re.compile(
    r"""(?P<stars>\*+) | (?P<any>\?) | \\(?P<escaped>.) | (?P<open>\[) | (?P<plain>[^\\\[])""", re.VERBOSE | re.DOTALL
)
_MEMBER = re.compile(
    r"""\[:(?P<named>[a-z]+):\] | (?P<first>\\.|[^\\]) (?: -(?P<last>\\.|[^\\\]]) )?""", re.VERBOSE | re.DOTALL
)
_ESCAPED = re.compile(r"\\.", re.DOTALL)
_PLAIN_THEN_STARS = re.compile(r"(?P<plain>[^*?\[\\]+)\*\*+(?:/(?P<rest>.*))?", re.DOTALL)
_TRAILING_SPACES = re.compile(r"(?<!\\) +\Z")


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a line ignores, or takes back with `!`."""

    text: str
    takes_back: bool
    only_folders: bool
    shape: re.Pattern[str]

    def matches(self, path: str) -> bool:
        """Whether it speaks of this path, relative to the folder of the pattern; the path of a folder ends in `/`."""
        is_folder = path.endswith("/")
        return (is_folder or not self.only_folders) and self.shape.fullmatch(path.rstrip("/")) is not None


def parse(line: str) -> Pattern | None:
    """The pattern of a line; None for blanks, comments, and what can never match."""
    text = _TRAILING_SPACES.sub("", line)
    if text.startswith("#"):
        return None
    glob = text.removeprefix("!")
    only_folders = glob.endswith("/")
    glob = glob.removesuffix("/")
    shape = _quirk(glob) if "/" in glob else None
    # An escaped slash is a slash; at either end it is none, since nothing can match there.
    escaped = _ESCAPED.sub(lambda pair: "/" if pair[0] == "\\/" else pair[0], glob.removeprefix("/"))
    shape = _shape(escaped) if shape is None else shape
    if not shape:
        return None
    # Without a slash a name counts wherever it stands.
    anywhere = "" if "/" in glob else "(?:.*/)?"
    return Pattern(text, text.startswith("!"), only_folders, re.compile(anywhere + shape, re.DOTALL))


def parsed(lines: Iterable[str]) -> tuple[Pattern, ...]:
    """The patterns of all lines that have one."""
    return tuple(pattern for line in lines if (pattern := parse(line)) is not None)


def verdict(patterns: tuple[Pattern, ...], path: str) -> bool | None:
    """Whether the path itself is ignored, by the last pattern that speaks of it; None when none does."""
    return next((not pattern.takes_back for pattern in reversed(patterns) if pattern.matches(path)), None)


def hides(pattern: Pattern, path: str) -> bool:
    """Whether the pattern ignores a path or a folder that it lies in."""
    ends = [at + 1 for at, letter in enumerate(path) if letter == "/"]
    return not pattern.takes_back and any(pattern.matches(path[:end]) for end in (*ends, len(path)))


def _quirk(glob: str) -> str | None:
    """Git compares what is plain in front by itself, so that `a**/b` means `a` and then `**/b` there."""
    parts = _PLAIN_THEN_STARS.fullmatch(glob.removeprefix("/"))
    if parts is None:
        return None
    if parts["rest"] is None:
        return f"{re.escape(parts['plain'])}.*"
    rest = _shape(parts["rest"])
    return rest and f"{re.escape(parts['plain'])}(?:.*/)?{rest}"


def _shape(glob: str) -> str:
    """A regular expression for a whole path; empty when there can be no match."""
    segments = glob.split("/")
    shape = ""
    for number, segment in enumerate(segments):
        is_last = number == len(segments) - 1
        if len(segment) > 1 and not segment.strip("*"):
            shape += ".*" if is_last else "(?:.*/)?"
            continue
        translated = _segment(segment)
        if not translated:
            return ""
        shape += translated if is_last else f"{translated}/"
    return shape


def _segment(glob: str) -> str:
    fixed = [""]
    at = 0
    while at < len(glob):
        token = _TOKEN.match(glob, at)
        if token is None:  # A backslash at the end.
            return ""
        at = token.end()
        if token["stars"]:
            fixed.append("")
        elif token["open"]:
            members, at = _members(glob, at)
            if not at:
                return ""
            fixed[-1] += members
        else:
            fixed[-1] += "[^/]" if token["any"] else re.escape(token["escaped"] or token["plain"])
    if len(fixed) == 1:
        return fixed[0]
    # Between two stars the first place that fits is as good as any. Trying no other keeps `*a*a*a*a*` quick.
    between = "".join(f"(?>[^/]*?{piece})" for piece in fixed[1:-1] if piece)
    return f"{fixed[0]}{between}[^/]*{fixed[-1]}"


def _members(glob: str, at: int) -> tuple[str, int]:
    """A class behind its `[`, and where it ends; 0 when it has no end."""
    negated = glob[at : at + 1] in {"!", "^"}
    at += negated
    members, begins = "", at
    while at < len(glob) and (glob[at] != "]" or at == begins):
        member = _MEMBER.match(glob, at)
        if member is None or (member["named"] and member["named"] not in _CLASSES):
            return "", 0
        members += _member(member)
        at = member.end()
    if at >= len(glob):
        return "", 0
    if not members:
        return ("[^/]" if negated else "(?!)"), at + 1
    return (f"[^/{members}]" if negated else f"(?!/)[{members}]"), at + 1


def _member(member: re.Match[str]) -> str:
    if member["named"]:
        return _CLASSES[member["named"]]
    first, last = member["first"][-1], (member["last"] or member["first"])[-1]
    return f"{re.escape(first)}-{re.escape(last)}" if first <= last else ""
