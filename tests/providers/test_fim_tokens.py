from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.exchange.messages import FimRequest
from lsp_llm.providers.fim_tokens import TOKENS

OPENAI_TAKES_STOPS = 4


@pytest.mark.parametrize(
    ("family", "prompt"),
    [
        ("qwen", "<|fim_prefix|>a(<|fim_suffix|>)b<|fim_middle|>"),
        ("codellama", "<PRE> a( <SUF>)b <MID>"),
        ("starcoder", "<fim_prefix>a(<fim_suffix>)b<fim_middle>"),
        ("deepseek-coder", "<｜fim▁begin｜>a(<｜fim▁hole｜>)b<｜fim▁end｜>"),
        ("codestral", "[SUFFIX])b[PREFIX]a("),
        ("codegemma", "<|fim_prefix|>a(<|fim_suffix|>)b<|fim_middle|>"),
    ],
)
def test_prompts(family: str, prompt: str) -> None:
    assert TOKENS[family].prompt(FimRequest("m", "a(", ")b")) == prompt


def test_every_family_is_tested() -> None:
    assert len(TOKENS) == 6


@pytest.mark.parametrize("family", TOKENS)
@given(before=st.text(st.sampled_from("{}%$\\ab\n")), after=st.text(st.sampled_from("{}%$\\ab\n")))
def test_text_stands_in_the_prompt_as_it_is(family: str, before: str, after: str) -> None:
    prompt = TOKENS[family].prompt(FimRequest("m", before, after))
    assert before in prompt
    assert after in prompt
    assert len(prompt) == len(TOKENS[family].prompt(FimRequest("m", "", ""))) + len(before) + len(after)


@pytest.mark.parametrize("family", TOKENS)
def test_no_host_gets_more_stops_than_it_takes(family: str) -> None:
    assert len(TOKENS[family].stop) <= OPENAI_TAKES_STOPS
