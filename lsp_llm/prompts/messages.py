"""From a template family and variables to the messages of one fill; pure, it neither finds nor reads templates.

A family is a folder of templates. Its two files for a fill have the names they have in kznllm.nvim, so that a
family folder from there can be dropped in. The system template is optional; the user template is not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lsp_llm.errors import UserError
from lsp_llm.exchange.kinds import Kind
from lsp_llm.exchange.messages import Message
from lsp_llm.prompts.variables import PromptVariables

if TYPE_CHECKING:  # At run time the renderer comes from the caller, so that this module costs no jinja2.
    from lsp_llm.prompts.rendering import Renderer, UnknownVariable

SYSTEM_FILE = "fill_mode_system_prompt.xml.jinja"
USER_FILE = "fill_mode_user_prompt.xml.jinja"


@dataclass(frozen=True, slots=True)
class Prompt:
    """What goes to the model, and what the templates asked for in vain."""

    messages: tuple[Message, ...]
    warnings: tuple[UnknownVariable, ...]


def build_messages(renderer: Renderer, family: str, kind: Kind, variables: PromptVariables) -> Prompt:
    """The system and user message of a family; raises UserError for an unknown family or a broken template."""
    if f"{family}/{USER_FILE}" not in renderer.names:
        raise UserError(_no_family(renderer, family))
    values = variables.as_mapping(kind)
    user = renderer.render(f"{family}/{USER_FILE}", values)
    turn = Message("user", user.text)
    if f"{family}/{SYSTEM_FILE}" not in renderer.names:
        return Prompt((turn,), user.warnings)
    system = renderer.render(f"{family}/{SYSTEM_FILE}", values)
    # Hosts refuse an empty system message, and a template may well decide that it has nothing to say.
    messages = (Message("system", system.text), turn) if system.text.strip() else (turn,)
    return Prompt(messages, system.warnings + user.warnings)


def _no_family(renderer: Renderer, family: str) -> str:
    families = [name.removesuffix(f"/{USER_FILE}") for name in renderer.names if name.endswith(f"/{USER_FILE}")]
    return f'there is no template family "{family}"; there is: {", ".join(families) or "none"}'
