"""The symbols of a file, found by the shape of its lines; it parses no language, and a table says how each looks.

A name may be missed or found in a comment. It is good enough to tell a model what a file holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from lsp_llm.context.language import known_id
from lsp_llm.text.document import split_lines

MAX_SYMBOLS = 500
# Longer lines are data or generated code, and slow to match.
MAX_LINE_CHARACTERS = 500


@dataclass(frozen=True, slots=True)
class Symbol:
    """A name and the line that it is defined on, counted from 1; `indent` is how far it is nested, in characters."""

    name: str
    line: int
    indent: int = 0

    def __str__(self) -> str:
        return f"{self.line}: {' ' * self.indent}{self.name}"


def _shapes(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(rf"(?P<indent>[ \t]*)(?:{pattern})") for pattern in patterns)


# Each shape names the symbol as `name`; the first that fits a line counts.
_ECMASCRIPT = _shapes(
    r"(?:export\s+)?(?:default\s+)?(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?"
    r"(?:function\b\s*\*?|class|interface|enum|namespace|type)\s+(?P<name>[\w$]+)",
    r"(?:export\s+)?(?:const|let|var)\s+(?P<name>[\w$]+)\s*(?::[^=]+)?=\s*(?:async\s*)?"
    r"(?:function\b|\([^()]*\)\s*(?::[^=]+)?=>|[\w$]+\s*=>|class\b)",
    r"(?:(?:public|private|protected|static|readonly|override|async|get|set)\s+)*\*?"
    r"(?!(?:if|for|while|switch|catch|function|return|with|do|else)\b)(?P<name>[#\w$]+)\s*\([^;]*\)\s*(?::[^;={]+)?\{\s*$",
)
_CURLY = _shapes(
    r"(?:template\s*<[^>]*>\s*)?(?:[\w@]+\s+)*?(?:class|interface|enum|record|struct|trait|object|union|namespace)\s+"
    r"(?P<name>\w+)\b(?!\s*[\w*&]+\s*[;=(])",
    r"(?!(?:return|else|new|throw|if|for|while|switch|catch|do|case|delete|goto|using|typedef)\b)"
    r"(?:[\w:<>,\[\]?.~@]+[\s*&]+)+?(?P<name>[\w:~]+)\s*\((?!.*;\s*$)",
    r"#\s*define\s+(?P<name>\w+)",
)
_LISP = _shapes(
    r"\((?:cl-)?(?:def(?:un|macro|subst|var|const|custom|group|face|struct|class|generic|method|type|package|ine-[\w-]+|"
    r"ine|n-?|test|multi|protocol|record|alias|parameter)?|defn-)\s+['(]*(?P<name>[^\s()'\"]+)",
)
_SHAPES: Mapping[str, Sequence[re.Pattern[str]]] = MappingProxyType(
    {
        "python": _shapes(
            r"(?:async\s+)?(?:def|class)\s+(?P<name>\w+)", r"(?<!\s)(?P<name>[A-Z][A-Z0-9_]+)\s*(?::[^=]+)?=(?!=)"
        ),
        "javascript": _ECMASCRIPT,
        "typescript": _ECMASCRIPT,
        "rust": _shapes(
            r"(?:pub(?:\([^)]*\))?\s+)?(?:default\s+)?(?:const\s+)?(?:async\s+)?(?:unsafe\s+)?(?:extern\s+(?:\"[^\"]*\"\s+)?)?"
            r"(?:fn|struct|enum|trait|union|mod|type|static(?:\s+mut)?|macro_rules!)\s+(?P<name>\w+)",
            r"(?:pub(?:\([^)]*\))?\s+)?const\s+(?P<name>\w+)\s*:",
            r"(?:unsafe\s+)?(?P<name>impl\b[^{]*[^{\s])",
        ),
        "go": _shapes(
            r"func\s+(?:\([^)]*\)\s*)?(?P<name>\w+)\s*[\[(]",
            r"type\s+(?P<name>\w+)\s",
            r"(?:var|const)\s+(?P<name>\w+)",
        ),
        "java": _CURLY,
        "c": _CURLY,
        "ruby": _shapes(r"(?:def|class|module)\s+(?P<name>[\w.:?!=<>\[\]+*/%-]+)"),
        "lua": _shapes(
            r"(?:local\s+)?function\s+(?P<name>[\w.:]+)",
            r"(?:local\s+)?(?P<name>[\w.]+)\s*=\s*function\b",
        ),
        "lisp": _LISP,
        "markdown": _shapes(r"#{1,6}\s+(?P<name>\S.*?)\s*#*\s*$"),
        "php": _shapes(
            r"(?:(?:abstract|final|public|private|protected|static|readonly)\s+)*"
            r"(?:function\s+&?|class\s+|interface\s+|trait\s+|enum\s+)(?P<name>\w+)",
        ),
        "shell": _shapes(r"(?:function\s+)?(?P<name>[\w:.-]+)\s*\(\)", r"function\s+(?P<name>[\w:.-]+)"),
        "swift": _shapes(
            r"(?:[\w@()]+\s+)*?(?:func|class|struct|enum|protocol|extension|actor|fun|interface|object)\s+(?P<name>[\w.]+)"
        ),
        "elixir": _shapes(r"(?:def|defp|defmacro|defmodule|defprotocol|defimpl|defstruct)\s+(?P<name>[\w.?!]+)"),
        "haskell": _shapes(
            r"(?:data|newtype|type|class|instance|module)\s+(?P<name>[\w.]+)", r"(?P<name>[a-z]\w*'*)\s*::"
        ),
    }
)
_SHAPED_LIKE: Mapping[str, str] = MappingProxyType(
    {
        "c-sharp": "java",
        "clojure": "lisp",
        "cpp": "c",
        "csharp": "java",
        "cuda": "c",
        "dart": "java",
        "emacs-lisp": "lisp",
        "javascriptreact": "javascript",
        "jsx": "javascript",
        "kotlin": "swift",
        "objective-c": "c",
        "objective-cpp": "c",
        "racket": "lisp",
        "scala": "java",
        "scheme": "lisp",
        "sh": "shell",
        "shellscript": "shell",
        "svelte": "javascript",
        "tsx": "typescript",
        "typescriptreact": "typescript",
        "vue": "javascript",
    }
)


def symbols(text: str, language_id: str, path: str) -> tuple[Symbol, ...]:
    """The symbols in the order of the file, at most MAX_SYMBOLS; none for a language that the table does not have."""
    language = known_id(language_id, path).lower()
    shapes = _SHAPES.get(_SHAPED_LIKE.get(language, language), ())
    found: list[Symbol] = []
    for number, line in enumerate(_code(split_lines(text), language) if shapes else (), start=1):
        match = _first(shapes, line)
        if match:
            found.append(Symbol(match["name"], number, len(match["indent"].expandtabs(4))))
        if len(found) == MAX_SYMBOLS:
            break
    return tuple(found)


def _first(shapes: Sequence[re.Pattern[str]], line: str) -> re.Match[str] | None:
    if len(line) > MAX_LINE_CHARACTERS:
        return None
    return next((match for shape in shapes if (match := shape.match(line))), None)


def _code(lines: Sequence[str], language: str) -> Iterator[str]:
    """The lines without their ends; those in a fence of Markdown are code of another language, and empty here."""
    fence = ""
    for line in lines:
        line = line.rstrip("\r\n")
        mark = line.lstrip()[:3] if language == "markdown" else ""
        if mark in {"```", "~~~"} and fence in {"", mark}:
            fence = "" if fence else mark
            yield ""
        else:
            yield "" if fence else line
