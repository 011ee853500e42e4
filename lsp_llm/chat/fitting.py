"""Which turns of a conversation go out under a token budget: the oldest are left out first, and named; pure.

Turns go in *exchanges*: what the user said, with all that came of it. Only where the newest exchange alone is too long
are rounds left out of it, oldest first. A round is an answer with calls and their results, which are never parted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from lsp_llm.chat.conversation import Turn
from lsp_llm.prompts.budget import TokenEstimate

TURN_TOKENS = 4
"""About what a role and its marks cost in every dialect."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """The turns that go out, the ids of those that do not, and about how many tokens go out with the system's text."""

    turns: tuple[Turn, ...]
    left_out: tuple[str, ...]
    tokens: int
    limit_tokens: int

    @property
    def is_over(self) -> bool:
        """Whether what is never left out, the newest words and the system's, is too long by itself."""
        return self.tokens > self.limit_tokens


def fit_turns(turns: Sequence[Turn], system: str, limit_tokens: int, estimate: TokenEstimate) -> Fitted:
    """Leave out the oldest turns until the rest is within the limit; looks at no more turns than are kept."""
    tokens = estimate.tokens(system)
    start = len(turns)
    for first, end in _exchanges_from_last(turns):
        size = sum(turn_tokens(turn, estimate) for turn in turns[first:end])
        if tokens + size > limit_tokens:
            break
        tokens, start = tokens + size, first
    if start == len(turns) and turns:
        return _newest_exchange(turns, tokens, limit_tokens, estimate)
    return Fitted(tuple(turns[start:]), _ids(turns[:start]), tokens, limit_tokens)


def turn_tokens(turn: Turn, estimate: TokenEstimate) -> int:
    """About how many tokens a turn has; thinking counts only as far as it goes back, which is not as text."""
    calls = sum(estimate.tokens(call.name + call.arguments) for call in turn.tool_calls)
    results = sum(estimate.tokens(result.text) for result in turn.tool_results)
    return TURN_TOKENS + estimate.tokens(turn.text) + calls + results


def _newest_exchange(turns: Sequence[Turn], tokens: int, limit_tokens: int, estimate: TokenEstimate) -> Fitted:
    first, end = next(_exchanges_from_last(turns))
    opening, *rounds = _rounds(turns[first:end])
    tokens += sum(turn_tokens(turn, estimate) for turn in opening)
    kept: list[Turn] = []
    for number, part in enumerate(reversed(rounds)):
        size = sum(turn_tokens(turn, estimate) for turn in part)
        # The newest round is what the model has to answer now.
        if number and tokens + size > limit_tokens:
            break
        tokens += size
        kept[:0] = part
    left_out = turns[first + len(opening) : end - len(kept)]
    return Fitted((*opening, *kept), _ids([*turns[:first], *left_out]), tokens, limit_tokens)


def _exchanges_from_last(turns: Sequence[Turn]) -> Iterator[tuple[int, int]]:
    """Each exchange as the places of its first turn and behind its last, the newest first."""
    end = len(turns)
    for place in reversed(range(len(turns))):
        if place == 0 or _opens_exchange(turns[place]):
            yield place, end
            end = place


def _rounds(turns: Sequence[Turn]) -> list[list[Turn]]:
    """What opens the exchange, then an answer with all that follows it, again and again."""
    parts: list[list[Turn]] = [[]]
    for turn in turns:
        if turn.role == "assistant":
            parts.append([])
        parts[-1].append(turn)
    return parts


def _opens_exchange(turn: Turn) -> bool:
    return turn.role == "user" and not turn.tool_results


def _ids(turns: Iterable[Turn]) -> tuple[str, ...]:
    return tuple(turn.message_id for turn in turns)
