"""What language a document is in, and what one step of indentation is; it looks at names and text, reads no file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import islice, pairwise
from pathlib import PurePosixPath
from types import MappingProxyType

from lsp_llm.text.document import split_lines

INDENTED_LINES = 200

_PLAIN_TEXT = "text"

# Language ids of the LSP specification ("Text Document Language Identifiers") and of editors, where the id itself
# does not read as a name.
_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "abap": "ABAP",
        "bat": "Windows batch",
        "bibtex": "BibTeX",
        "c": "C",
        "c-sharp": "C#",
        "cmake": "CMake",
        "cpp": "C++",
        "csharp": "C#",
        "css": "CSS",
        "cuda-cpp": "CUDA C++",
        "cuda": "CUDA C++",
        "dockercompose": "Docker Compose",
        "emacs-lisp": "Emacs Lisp",
        "erb": "ERB",
        "fsharp": "F#",
        "git-commit": "Git commit message",
        "git-rebase": "Git rebase list",
        "gitcommit": "Git commit message",
        "glsl": "GLSL",
        "graphql": "GraphQL",
        "hcl": "HCL",
        "hlsl": "HLSL",
        "html": "HTML",
        "javascript": "JavaScript",
        "javascriptreact": "JavaScript (JSX)",
        "json": "JSON",
        "json5": "JSON5",
        "jsonc": "JSON with comments",
        "jsx": "JavaScript (JSX)",
        "latex": "LaTeX",
        "matlab": "MATLAB",
        "objc": "Objective-C",
        "objective-c": "Objective-C",
        "objective-cpp": "Objective-C++",
        "objcpp": "Objective-C++",
        "ocaml": "OCaml",
        "php": "PHP",
        "plaintext": _PLAIN_TEXT,
        "powershell": "PowerShell",
        "ps1": "PowerShell",
        "python": "Python",
        "restructuredtext": "reStructuredText",
        "rst": "reStructuredText",
        "sass": "Sass",
        "scss": "SCSS",
        "sh": "shell script",
        "shellscript": "shell script",
        "sql": "SQL",
        "systemverilog": "SystemVerilog",
        "tex": "TeX",
        "text": _PLAIN_TEXT,
        "toml": "TOML",
        "tsx": "TypeScript (TSX)",
        "typescript": "TypeScript",
        "typescriptreact": "TypeScript (TSX)",
        "vb": "Visual Basic",
        "vhdl": "VHDL",
        "vim": "Vim script",
        "vue": "Vue",
        "xml": "XML",
        "xsl": "XSL",
        "yaml": "YAML",
    }
)

_IDS_BY_SUFFIX: Mapping[str, str] = MappingProxyType(
    {
        ".bash": "shellscript",
        ".c": "c",
        ".cc": "cpp",
        ".clj": "clojure",
        ".cpp": "cpp",
        ".cs": "csharp",
        ".css": "css",
        ".cxx": "cpp",
        ".dart": "dart",
        ".el": "emacs-lisp",
        ".erl": "erlang",
        ".ex": "elixir",
        ".exs": "elixir",
        ".fs": "fsharp",
        ".go": "go",
        ".h": "c",
        ".hpp": "cpp",
        ".hs": "haskell",
        ".html": "html",
        ".java": "java",
        ".jl": "julia",
        ".js": "javascript",
        ".json": "json",
        ".jsx": "jsx",
        ".kt": "kotlin",
        ".lua": "lua",
        ".md": "markdown",
        ".mjs": "javascript",
        ".ml": "ocaml",
        ".mli": "ocaml",
        ".nix": "nix",
        ".php": "php",
        ".pl": "perl",
        ".ps1": "powershell",
        ".py": "python",
        ".pyi": "python",
        ".r": "r",
        ".rb": "ruby",
        ".rs": "rust",
        ".rst": "rst",
        ".scala": "scala",
        ".scss": "scss",
        ".sh": "shellscript",
        ".sql": "sql",
        ".svelte": "svelte",
        ".swift": "swift",
        ".tex": "latex",
        ".toml": "toml",
        ".ts": "typescript",
        ".tsx": "tsx",
        ".vim": "vim",
        ".vue": "vue",
        ".xml": "xml",
        ".yaml": "yaml",
        ".yml": "yaml",
        ".zig": "zig",
        ".zsh": "shellscript",
    }
)


def language_name(language_id: str, path: str) -> str:
    """A name that a model understands, by the editor's language id, else by the file's suffix, else `text`."""
    language_id = known_id(language_id, path)
    return _NAMES.get(language_id.lower(), language_id.capitalize())


def known_id(language_id: str, path: str) -> str:
    """The editor's language id, else the one that the file's suffix tells, else `text`."""
    # Clients without file types send an empty id or plaintext for everything.
    if language_id in {"", "plaintext", "text"}:
        return _IDS_BY_SUFFIX.get(PurePosixPath(path).suffix.lower(), _PLAIN_TEXT)
    return language_id


def indent_unit(text: str) -> str:
    """One step of indentation: a tab, four spaces or two, by the first INDENTED_LINES lines of the text.

    Steps count, not depths: the lines of a file indented by two often stand at a depth of four.
    Four spaces when the text does not tell.
    """
    steps: Counter[str] = Counter()
    lines = (line for line in split_lines(text) if line.strip())
    for line, following in islice(pairwise(lines), INDENTED_LINES):
        steps[_step(_leading(line), _leading(following))] += 1
    del steps[""]
    unit, _ = steps.most_common(1)[0] if steps else ("    ", 0)
    return unit


def _leading(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]


def _step(shallow: str, deep: str) -> str:
    added = deep.removeprefix(shallow)
    known = deep.startswith(shallow) and added in {"\t", "  ", "    "}
    return added if known else ""
