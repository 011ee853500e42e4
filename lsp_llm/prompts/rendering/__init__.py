"""Templates in, text out, by jinja2 in a sandbox; nothing here reads a file and no other room imports jinja2.

The import of jinja2 costs about 25 ms, so whoever renders imports this package inside the function that does it.

What a template sees and how its text comes out:
- `trim_blocks` and `lstrip_blocks`: a line that holds only a block tag leaves no trace.
- One line end at the very end of a template file is dropped (editors put it there); the line ends of variables stay.
- No escaping: the text of a variable comes out as it went in.
- `include`, `import` and `extends` reach the given sources and nothing else; a name that is not there is looked for
  beside the template that asks, as kznllm.nvim's templates expect.
- A template cannot change the values it is given, cannot reach beyond them, and cannot go on for ever.
"""

from lsp_llm.prompts.rendering.checking import check
from lsp_llm.prompts.rendering.renderer import Rendered, Renderer
from lsp_llm.prompts.rendering.unknown import UnknownVariable

__all__ = ["Rendered", "Renderer", "UnknownVariable", "check"]
