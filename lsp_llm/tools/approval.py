"""Who said yes to what in a chat: a state machine of its calls; pure, without clock. It asks nobody and runs nothing.

A yes for good holds for the tool, and for a tool whose calls have a subject (a command line) for that subject alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, assert_never

Policy = Literal["ask", "always", "never"]
"""`tools.approve`: ask the user, approve without asking, deny without asking."""

Decision = Literal["allow", "always", "deny"]
"""What the user says: for this call, for this chat, no."""

Verdict = Literal["approved", "denied", "forbidden", "unanswered", "withdrawn"]
"""What a call is told: `forbidden` is the policy's no, `unanswered` that nobody said anything in time."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What is asked for."""

    tool: str
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Settled:
    """A call that waits no longer."""

    call_id: str
    verdict: Verdict


class Approvals:
    """The approvals of one chat."""

    def __init__(self) -> None:
        self._granted: set[Claim] = set()
        self._waiting: dict[str, Claim] = {}

    @property
    def waiting(self) -> tuple[str, ...]:
        """The calls that wait for the user, the oldest first."""
        return tuple(self._waiting)

    def grants(self, claim: Claim, policy: Policy) -> bool:
        """Whether nobody has to be asked for a yes."""
        return policy == "always" or (policy == "ask" and claim in self._granted)

    def ask(self, call_id: str, claim: Claim, policy: Policy) -> Verdict | None:
        """The verdict that is known at once; None where the call waits from here on."""
        match policy:
            case "always":
                return "approved"
            case "never":
                return "forbidden"
            case "ask":
                if claim in self._granted:
                    return "approved"
                self._waiting[call_id] = claim
                return None
            case _:
                assert_never(policy)

    def answer(self, call_id: str, decision: Decision) -> tuple[Settled, ...]:
        """The user has decided; also settles what waits for the same, after a yes for good. Nothing for unknown ids."""
        claim = self._waiting.pop(call_id, None)
        if claim is None:
            return ()
        match decision:
            case "allow":
                return (Settled(call_id, "approved"),)
            case "deny":
                return (Settled(call_id, "denied"),)
            case "always":
                self._granted.add(claim)
                same = [other for other, waits_for in self._waiting.items() if waits_for == claim]
                for other in same:
                    del self._waiting[other]
                return tuple(Settled(each, "approved") for each in (call_id, *same))
            case _:
                assert_never(decision)

    def expire(self, call_id: str) -> tuple[Settled, ...]:
        """The time to answer is over."""
        return self._drop(call_id, "unanswered")

    def withdraw(self, call_id: str) -> tuple[Settled, ...]:
        """The call is not wanted any more."""
        return self._drop(call_id, "withdrawn")

    def _drop(self, call_id: str, verdict: Verdict) -> tuple[Settled, ...]:
        return (Settled(call_id, verdict),) if self._waiting.pop(call_id, None) else ()
