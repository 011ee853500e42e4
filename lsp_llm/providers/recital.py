"""The recital: fixed scripts, and the words that choose one; it is not a model and never pretends to be one.

The embedded engine serves these texts when no GGUF file is named. Each script has a cue: the first script whose cue
stands in the last user message is recited, whatever else the prompt wraps around it. The demo sends the two
instructions below and can compute the document it must end up with from the two texts that answer them.
"""

from __future__ import annotations

from dataclasses import dataclass

REFACTOR_INSTRUCTION = "Make amount_due easy to read at first sight."
EXPLAIN_INSTRUCTION = "Tell step by step how amount_due works."

REFACTORED_FUNCTION = '''\
def amount_due(lines, discount_percent, paid):
    """What is still to be paid, in cents, and never less than nothing."""
    total = sum(line.quantity * line.price for line in lines if line.quantity > 0)
    if discount_percent > 0:
        total -= total * discount_percent // 100
    return max(total - paid, 0)'''

REFACTORING = f"```python\n{REFACTORED_FUNCTION}\n```"

EXPLANATION = """\
# How amount_due works:
# 1. Add up quantity times price; a line that orders nothing counts for nothing.
# 2. Take the discount off in whole cents, rounded down, so no fraction is ever owed.
# 3. Subtract what was paid already; whoever paid too much owes zero."""

LONG = "".join(f"{number:03d}: {number**2} is the square of {number}\n" for number in range(1, 201))

THINKING = "<think>\nSix times seven can be counted on no hand.\n</think>\n\nThe answer is 42."

UNICODE = """\
Die größe of things: 日本語 and 😀!
```python
def add(first, second):
    return first + second
```
Ende."""

DEFAULT = """\
This is the recital of lsp-llm, not a language model: it repeats fixed texts and has not read your prompt. \
For real answers set LSP_LLM_GGUF to a GGUF file, or name a provider in the configuration."""


@dataclass(frozen=True, slots=True)
class Script:
    """A text to recite when `cue` stands in the last user message; an empty cue always does."""

    cue: str
    text: str


SCRIPTS = (
    Script(REFACTOR_INSTRUCTION, REFACTORING),
    Script(EXPLAIN_INSTRUCTION, EXPLANATION),
    Script("RECITE LONG", LONG),
    Script("RECITE THINK", THINKING),
    Script("RECITE UNICODE", UNICODE),
    Script("", DEFAULT),
)
