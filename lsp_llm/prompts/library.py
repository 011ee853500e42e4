"""A prompt of the user's own: one Markdown file, its front matter and a template for the instruction; pure.

It reads no file and renders with whatever renderer it is given. What is wrong with a file is told with its line; a
prompt whose kind or place is not clear is left out, since it might change text that it was not meant for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args

from lsp_llm.config.nearest import known_names
from lsp_llm.exchange.kinds import Kind
from lsp_llm.prompts.front_matter import Field, FrontMatter, read_front_matter
from lsp_llm.prompts.problems import TemplateProblem
from lsp_llm.prompts.variables import PromptVariables

if TYPE_CHECKING:
    from lsp_llm.prompts.rendering import Rendered, Renderer

PromptKind = Literal["replace", "yap", "chat"]
"""What the answer does: it takes the place of the selection, is inserted behind it, or begins a chat."""
When = Literal["selection", "diagnostic", "always"]
"""Where a prompt is offered."""

TEMPLATE_FOLDER = "prompts"

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class LibraryPrompt:
    """A prompt; no `languages` means all, an empty `preset` the one in use. `id` is the file's name without suffix."""

    id: str
    title: str
    body: str
    body_line: int = 1
    kind: PromptKind = "replace"
    languages: tuple[str, ...] = ()
    preset: str = ""
    when: tuple[When, ...] = ("always",)
    variables: Mapping[str, Any] = field(default_factory=dict)

    @property
    def template_name(self) -> str:
        """The name under which a renderer has to know the body."""
        return f"{TEMPLATE_FOLDER}/{self.id}.md"

    @property
    def template_text(self) -> str:
        """The body at its own lines of the file, so that a problem names the right one."""
        return "\n" * (self.body_line - 1) + self.body


@dataclass(frozen=True, slots=True)
class ParsedPrompt:
    """A prompt, or None where it cannot be used, and what is wrong with its file."""

    prompt: LibraryPrompt | None
    problems: tuple[TemplateProblem, ...] = ()


def parse_prompt(prompt_id: str, path: str, text: str) -> ParsedPrompt:
    """Read one file of a library; `path` is what problems name."""
    front = read_front_matter(text)
    reader = _Reader(path, front)
    prompt = LibraryPrompt(
        id=prompt_id,
        title=reader.text("title") or prompt_id.replace("-", " ").replace("_", " "),
        body=front.body,
        body_line=front.body_line,
        kind=reader.kind(),
        languages=reader.texts("languages"),
        preset=reader.text("preset"),
        when=reader.when(),
        variables=reader.table("variables"),
    )
    if not front.body.strip() and not front.mistakes:
        reader.refuse(front.body_line, "there is no text below the front matter")
    reader.unknown_keys()
    problems = tuple(sorted(reader.problems, key=lambda problem: problem.line))
    return ParsedPrompt(None if reader.is_refused else prompt, problems)


def fits(prompt: LibraryPrompt, language_id: str, *, has_selection: bool, has_diagnostic: bool) -> bool:
    """Whether a prompt is to be offered at a place."""
    if prompt.languages and language_id not in prompt.languages:
        return False
    places: Mapping[When, bool] = {"selection": has_selection, "diagnostic": has_diagnostic, "always": True}
    return any(places[when] for when in prompt.when)


def render_query(renderer: Renderer, prompt: LibraryPrompt, variables: PromptVariables) -> Rendered:
    """The instruction that a prompt gives; raises UserError for a broken body.

    `user_query` is what the user said besides; a prompt's own variables give way to those of the settings.
    """
    kind: Kind = "replace" if prompt.kind == "replace" else "yap"
    own = replace(variables, vars={**prompt.variables, **variables.vars})
    rendered = renderer.render(prompt.template_name, own.as_mapping(kind))
    return replace(rendered, text=rendered.text.strip())


class _Reader:
    """The fields of one front matter, each read as what it has to be."""

    def __init__(self, path: str, front: FrontMatter) -> None:
        self._path, self._fields = path, dict(front.fields)
        self.problems: list[TemplateProblem] = []
        self.is_refused = False
        for mistake in front.mistakes:
            self.refuse(mistake.line, mistake.sentence)

    def refuse(self, line: int, sentence: str) -> None:
        """Tell a problem that makes the prompt unusable."""
        self._tell(line, sentence)
        self.is_refused = True

    def text(self, key: str) -> str:
        """A word or a sentence; empty where there is none."""
        return self._read(key, "a text", lambda value: str(value) if not isinstance(value, tuple | dict) else None, "")

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of words; one alone stands for a list."""
        return self._read(key, "a word or a list of words", _as_texts, ())

    def table(self, key: str) -> Mapping[str, Any]:
        """Names and their values."""
        return self._read(
            key, "a table of names and values", lambda value: value if isinstance(value, dict) else None, {}
        )

    def kind(self) -> PromptKind:
        """What the answer does."""
        chosen = self._chosen("kind", get_args(PromptKind))
        return chosen[0] if chosen else "replace"

    def when(self) -> tuple[When, ...]:
        """Where the prompt is offered."""
        return self._chosen("when", get_args(When)) or ("always",)

    def unknown_keys(self) -> None:
        """Tell of what is left and known to nobody."""
        for key, entry in self._fields.items():
            self._tell(entry.line, f'"{key}" means nothing here; {known_names(key, _KEYS)}')

    def _chosen(self, key: str, known: Sequence[Any]) -> tuple[Any, ...]:
        line = self._fields[key].line if key in self._fields else 0
        words = self.texts(key)
        for word in words:
            if word not in known:
                self.refuse(line, f'{key}: "{word}" is none of {", ".join(known)}')
        if key == "kind" and len(words) > 1:
            self.refuse(line, "kind: a prompt has one kind")
        return words

    def _read(self, key: str, expected: str, convert: Callable[[Any], Read | None], otherwise: Read) -> Read:
        entry: Field | None = self._fields.pop(key, None)
        if entry is None or entry.value == "":
            return otherwise
        value = convert(entry.value)
        if value is None:
            self.refuse(entry.line, f"{key}: expected {expected}")
            return otherwise
        return value

    def _tell(self, line: int, sentence: str) -> None:
        self.problems.append(TemplateProblem(self._path, line, sentence))


_KEYS = ("title", "kind", "languages", "preset", "when", "variables")


def _as_texts(value: Any) -> tuple[str, ...] | None:
    if isinstance(value, dict):
        return None
    return tuple(map(str, value)) if isinstance(value, tuple) else (str(value),)


def library_sources(prompts: Sequence[LibraryPrompt]) -> Iterator[tuple[str, str]]:
    """Template names and texts of the bodies, as a renderer takes them beside those of the families."""
    return ((prompt.template_name, prompt.template_text) for prompt in prompts)
