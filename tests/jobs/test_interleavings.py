"""After any interleaving that a measured client can produce the document is the user's edits and the answers, once.

3,000 drawn scripts in an ordinary run; `pytest -m soak` runs LSP_LLM_SOAK_RUNS of them (300,000) in two processes from
a new seed. A failure prints a small script with its transcript; `replay` runs it again.
"""

from __future__ import annotations

import os
import random
from concurrent.futures import ProcessPoolExecutor

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from lsp_llm.jobs.users_changes import UsersChanges
from lsp_llm.status.events import Cancelled, Finished
from tests.jobs.interleaving import replay
from tests.jobs.judging import judged, told
from tests.jobs.offer_scripts import draw_offers
from tests.jobs.profiles import PROFILES
from tests.jobs.script import Chunk, JobPlan, Script, Step
from tests.jobs.scripts import draw_script

SEEDS = st.integers(0, 2**48)
PROFILE_NAMES = st.sampled_from([profile.name for profile in PROFILES])
SOAK_RUNS = int(os.environ.get("LSP_LLM_SOAK_RUNS", "300000"))
SOAK_SHARE = 2000
MOST_TOLD = 10


@settings(max_examples=3000, deadline=None, derandomize=True, database=None, phases=[Phase.generate])
@given(SEEDS, PROFILE_NAMES)
def test_no_letter_is_lost_and_none_stands_twice(seed: int, profile: str) -> None:
    script = draw_script(seed, profile)
    assert not judged(script), told(script)


@pytest.mark.soak
@pytest.mark.timeout(0)
def test_no_letter_is_lost_in_a_long_run(request: pytest.FixtureRequest) -> None:
    if "soak" not in request.config.getoption("-m"):
        pytest.skip("a long run: pytest -m soak")
    first = random.SystemRandom().randrange(2**48)
    shares = range(first, first + SOAK_RUNS, SOAK_SHARE)
    with ProcessPoolExecutor(2) as pool:
        failing = [seed for seeds in pool.map(failing_seeds, shares) for seed in seeds]
    for seed in failing[:MOST_TOLD]:
        print(told(drawn(seed)))
    print(f"{len(failing)} of {SOAK_RUNS} failed, from seed {first}")
    assert not failing


def failing_seeds(first: int) -> list[int]:
    return [seed for seed in range(first, first + SOAK_SHARE) if judged(drawn(seed))]


def drawn(seed: int) -> Script:
    """Every other script has offers."""
    return draw_offers(seed) if seed % 2 else draw_script(seed)


@pytest.mark.parametrize("profile", [profile.name for profile in PROFILES])
def test_a_quiet_user_gets_the_answer_from_every_client(profile: str) -> None:
    chunks = (Chunk(0, "ab"), Chunk(30, "c\nде"), Chunk(300, "ж\n"), Chunk(900, "d"))
    world = replay(Script(profile, "абв\nгдеж\n", (JobPlan(0, 9, chunks),), ()))
    assert world.editor.text == "abc\nдеж\nd"
    assert isinstance(world.outcomes[0], Finished)
    assert world.restore_all().editor.text == "абв\nгдеж\n"


def test_the_laws_see_a_session_that_forgets_what_was_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(UsersChanges, "take", lambda self, changes: None)
    assert any(judged(draw_script(seed)) for seed in range(50))


def test_text_typed_between_our_lines_and_the_line_in_progress_is_not_taken_for_ours() -> None:
    job = JobPlan(0, 10, (Chunk(3, "л"), Chunk(116, "\r\n\r\n")))
    step = Step(94, "type", 0, 1, 0, "丁丂\r\n七")
    text = "ӭӓӖиу\r\nл\r\nсӝҶ\r\n"
    script = Script("helix-25.07", text, (job,), (step,))
    assert judged(script) == []
    assert "丁丂\r\n七" in replay(script).editor.text


def test_an_edit_that_landed_elsewhere_is_taken_out_there_and_sent_again_at_its_place() -> None:
    job = JobPlan(9, 11, (Chunk(630, "ABCD"), Chunk(1500, "E")))
    step = Step(882, "type", None, 0, 0, "一\n丁")
    world = replay(Script("yegappan", "ӫ\nҶӺшҼв\nӃӈӻ", (job,), (step,), delays_ms=(300,)))
    assert world.is_hazardous
    assert "wrong place" in world.said[0]
    assert world.editor.text == "一\n丁ӫ\nҶӺшҼв\nӃABCDE"


def test_undo_and_restore_do_not_put_the_original_there_twice() -> None:
    job = JobPlan(4, 9, (Chunk(3, "a"),), "restore")
    steps = (Step(351, "undo"), Step(410, "type", None, 0, 0, "丁"))
    world = replay(Script("helix-25.07", "ӾӀӸ\nөӳӞӄӛ\n\nҲҹ", (job,), steps, delays_ms=(300, 3), seed=5))
    assert world.restore_all().editor.text == "丁ӾӀӸ\nөӳӞӄӛ\n\nҲҹ"


def test_what_was_trusted_and_stands_under_keys_that_came_before_it_is_taken_out() -> None:
    job = JobPlan(13, 18, (Chunk(1094, "a"),), "stop")
    step = Step(1094, "type", None, 346, 0, "一丁\n丂")
    world = replay(Script("vim-lsp", "абвгд\n\nежзик\n\nлмн\nопр\n", (job,), (step,)))
    assert world.is_hazardous
    assert "wrong place" in world.said[0]
    assert world.editor.text == "абвгд\n\n一丁\n丂ежзик\n\nлмн\nопр\n"


def test_a_letter_deleted_beside_what_a_trusted_edit_took_is_the_users_deletion() -> None:
    job = JobPlan(0, 21, (Chunk(195, "a"),))
    step = Step(858, "type", None, 0, 1, "")
    world = replay(Script("vim-lsp", "\nӱ\nӖӆӐ\nӦлӄ\n\n\nӏ\nщӔзӿ\n", (job,), (step,)))
    assert (world.editor.text, world.said) == ("", [])


def test_a_document_that_is_closed_over_an_edit_among_new_keys_is_told_of() -> None:
    job = JobPlan(0, 3, (Chunk(16, "ab\nc"),))
    steps = (Step(43, "type", None, 0, 0, "一"), Step(596, "close"))
    world = replay(Script("vim-lsp", "абв", (job,), steps, seed=3024107, delays_ms=(3, 300)))
    assert world.is_hazardous
    assert "closed before" in world.said[0]


def test_a_deletion_of_ours_with_a_line_end_typed_behind_it_is_in_its_place() -> None:
    job = JobPlan(2, 9, (Chunk(2, "a\r\n"), Chunk(1179, "")))
    steps = (
        Step(247, "type", 0, 996, 0, "不"),
        Step(461, "format", None, 192),
        Step(1221, "type", 0, 997, 0, "与\r\n丏"),
    )
    script = Script("vim-lsp", "\r\nӔӏӐ\r\n\r\n\r\nӦӄӱиӸ\r\nӚ\r\nӶпбӰӖ\r\n", (job,), steps)
    assert judged(script) == []
    assert replay(script).said == []


def test_two_edits_that_went_among_keys_before_a_report_are_told_of() -> None:
    jobs = (JobPlan(12, 13, (Chunk(4, "βγ"),)), JobPlan(0, 0, (Chunk(4, "bc\nde"),)))
    step = Step(4, "type", 1, 1002, 0, "一丁\n丂")
    script = Script("vim-lsp", "Ӱь🎉ӎо\nӔыӾӶн\nцӇҼ\nя\nк", jobs, (step,))
    world = replay(script)
    assert world.is_hazardous
    assert "none of them is missing" in world.said[0]
    assert judged(script) == []


def test_a_deletion_that_leaves_the_text_as_it_was_is_an_undo() -> None:
    job = JobPlan(0, 6, (Chunk(2, "ӇһҲ"), Chunk(266, "Ӿҿ"), Chunk(1390, "")))
    steps = (Step(195, "type", None, 221, 6, ""), Step(270, "type", None, 125, 6, ""))
    script = Script("yegappan", "ӇһҲӾҿ\nӕӏөаӘ", (job,), steps)
    assert replay(script).outcomes[0] == Cancelled("its text was undone")
    assert judged(script) == []


def test_of_two_equal_marks_side_by_side_either_may_be_the_one_that_was_not_reported() -> None:
    jobs = (
        JobPlan(0, 3, (Chunk(1, "a"), Chunk(427, "b"), Chunk(1189, "\r\n"))),
        JobPlan(10, 10, (Chunk(89, "0\r\n12"), Chunk(286, "3\r\n"), Chunk(765, "")), "fail"),
    )
    steps = (Step(447, "format", 0, 1000), Step(779, "format", 1, -4))
    script = Script("eglot", "\u0308\r\nӸӌҹнӺ\r\n", jobs, steps, 145572985433363, delays_ms=(0, 40))
    assert replay(script).editor.has_lost_unseen
    assert judged(script) == []
