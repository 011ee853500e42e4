"""What would be sent, as a document for the user; it shows what it is given and leaves nothing out.

A family may lay it out with a `debug.xml.jinja` of its own; one without it is shown by the shared one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lsp_llm.exchange.messages import Message
from lsp_llm.prompts.budget import SectionSize
from lsp_llm.prompts.variables import PromptVariables

if TYPE_CHECKING:
    from lsp_llm.prompts.rendering import Rendered, Renderer

DEBUG_FILE = "debug.xml.jinja"
SHARED_DEBUG = "shared/debug.jinja"


@dataclass(frozen=True, slots=True)
class DebugView:
    """A request before it becomes bytes; `params` hold no secret."""

    model: str
    family: str
    messages: Sequence[Message]
    params: Mapping[str, Any] = field(default_factory=dict)
    sections: Sequence[SectionSize] = ()

    def as_mapping(self) -> dict[str, Any]:
        """What the template sees: plain strings, lists and dicts."""
        return {
            "model": self.model,
            "family": self.family,
            "params": dict(self.params),
            "messages": [{"role": message.role, "content": message.text} for message in self.messages],
            "sections": [{"name": section.name, "tokens": section.tokens} for section in self.sections],
        }


def template_variables(name: str) -> frozenset[str]:
    """The variables that a template may use, by its name; for checking one that is being written."""
    file = name.rpartition("/")[2]
    if file in (DEBUG_FILE, SHARED_DEBUG.rpartition("/")[2]):
        return frozenset(DebugView("", "", ()).as_mapping())
    return frozenset(PromptVariables().as_mapping("replace"))


def render_debug(renderer: Renderer, view: DebugView) -> Rendered:
    """The view as text; raises UserError for a broken template."""
    own = f"{view.family}/{DEBUG_FILE}"
    return renderer.render(own if own in renderer.names else SHARED_DEBUG, view.as_mapping())
