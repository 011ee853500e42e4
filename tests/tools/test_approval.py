from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from lsp_llm.tools.approval import Approvals, Claim, Decision, Settled

READ, MAKE, TEST = Claim("read_file"), Claim("run_command", "make"), Claim("run_command", "make test")


def test_the_policy_decides_without_a_question() -> None:
    approvals = Approvals()
    assert approvals.ask("1", READ, "always") == "approved"
    assert approvals.ask("1", READ, "never") == "forbidden"
    assert approvals.waiting == ()


def test_what_is_granted_needs_no_question() -> None:
    approvals = Approvals()
    assert approvals.grants(READ, "always")
    assert not approvals.grants(READ, "ask")
    approvals.ask("1", READ, "ask")
    approvals.answer("1", "always")
    assert approvals.grants(READ, "ask")
    assert not approvals.grants(READ, "never")
    assert not approvals.grants(MAKE, "ask")


def test_a_yes_for_a_call_is_for_that_call() -> None:
    approvals = Approvals()
    assert approvals.ask("1", READ, "ask") is None
    assert approvals.answer("1", "allow") == (Settled("1", "approved"),)
    assert approvals.ask("2", READ, "ask") is None


def test_a_yes_for_good_is_for_the_tool_and_settles_what_waits_for_the_same() -> None:
    approvals = Approvals()
    for call_id, claim in (("1", READ), ("2", MAKE), ("3", READ)):
        approvals.ask(call_id, claim, "ask")
    assert approvals.answer("3", "always") == (Settled("3", "approved"), Settled("1", "approved"))
    assert approvals.waiting == ("2",)
    assert approvals.ask("4", READ, "ask") == "approved"


def test_a_yes_for_good_to_a_command_line_is_for_no_other() -> None:
    approvals = Approvals()
    approvals.ask("1", MAKE, "ask")
    approvals.answer("1", "always")
    assert approvals.ask("2", MAKE, "ask") == "approved"
    assert approvals.ask("3", TEST, "ask") is None


def test_a_yes_for_good_does_not_stand_above_a_policy_that_denies() -> None:
    approvals = Approvals()
    approvals.ask("1", READ, "ask")
    approvals.answer("1", "always")
    assert approvals.ask("2", READ, "never") == "forbidden"


def test_only_the_first_word_counts() -> None:
    approvals = Approvals()
    approvals.ask("1", READ, "ask")
    assert approvals.answer("1", "deny") == (Settled("1", "denied"),)
    assert approvals.answer("1", "allow") == approvals.expire("1") == approvals.withdraw("1") == ()
    approvals.ask("2", READ, "ask")
    assert approvals.expire("2") == (Settled("2", "unanswered"),)
    assert approvals.answer("2", "always") == ()
    assert approvals.ask("3", READ, "ask") is None, "a late yes for good grants nothing"
    assert approvals.withdraw("3") == (Settled("3", "withdrawn"),)


class Calls(RuleBasedStateMachine):
    """Whatever happens: each call is settled at most once, and is carried out only after a yes to the same."""

    def __init__(self) -> None:
        super().__init__()
        self.approvals = Approvals()
        self.claims: dict[str, Claim] = {}
        self.yes: set[str] = set()
        self.granted: set[Claim] = set()
        self.settled: dict[str, str] = {}

    @rule(claim=st.sampled_from([READ, MAKE, TEST]))
    def call(self, claim: Claim) -> None:
        call_id = str(len(self.claims))
        self.claims[call_id] = claim
        known = self.approvals.ask(call_id, claim, "ask")
        assert (known == "approved") is (claim in self.granted)

    @rule(at=st.integers(0, 30), decision=st.sampled_from(["allow", "always", "deny", "expire", "withdraw"]))
    def say(self, at: int, decision: str) -> None:
        call_id = str(at)
        waits = call_id in self.approvals.waiting
        words: dict[str, Decision] = {"allow": "allow", "always": "always", "deny": "deny"}
        if decision in words:
            settled = self.approvals.answer(call_id, words[decision])
        else:
            settled = self.approvals.expire(call_id) if decision == "expire" else self.approvals.withdraw(call_id)
        assert bool(settled) is waits
        if waits and decision == "always":
            self.granted.add(self.claims[call_id])
        for each in settled:
            assert each.call_id not in self.settled
            self.settled[each.call_id] = each.verdict
            if each.verdict == "approved":
                assert self.claims[each.call_id] == self.claims[call_id]
                assert decision in {"allow", "always"}


TestCalls = Calls.TestCase
