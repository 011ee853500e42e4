"""`lsp-llm render`, the real program."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.calling import called, fake_settings, write_settings

TEXT = "one = 1\ntwo = 2\nthree = 3\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    write_settings(tmp_path, fake_settings("http://127.0.0.1:9/v1"))
    (tmp_path / "shop.py").write_text(TEXT, encoding="utf-8")
    return tmp_path


async def test_the_request_is_json_and_its_parts_stand_beside(home: Path) -> None:
    ended = await called(home, "render", "shop.py", "--lines", "2:2", "--prompt", "make it three")
    assert ended.code == 0
    said = ended.json["messages"][-1]["content"]
    assert ended.json["model"] == "small"
    assert "make it three" in said
    assert "two = 2\n" in said
    assert "Path: shop.py" in said
    sizes = {line.split()[1]: int(line.split()[0]) for line in ended.errors.splitlines()}
    assert {"instruction", "selection", "before", "after", "templates"} <= set(sizes)
    assert sizes["tokens,"] == sum(tokens for name, tokens in sizes.items() if name != "tokens,")


async def test_one_line_is_a_place_behind_it_and_nothing_is_all(home: Path) -> None:
    ended = await called(home, "render", "shop.py", "--lines", "1")
    assert "inserted into a document" in ended.json["messages"][0]["content"]
    assert "no instruction" in ended.errors
    ended = await called(home, "render", "shop.py", "--action", "fix")
    assert "Find what is wrong here" in ended.json["messages"][-1]["content"]
    assert "Text before" not in ended.json["messages"][-1]["content"]


async def test_secrets_and_keys_are_left_out(home: Path) -> None:
    secret = "ghp_" + "a1B2" * 9
    (home / "shop.py").write_text(f'key = "{secret}"\nother = "value-of-my-key"\n', encoding="utf-8")
    ended = await called(home, "render", "shop.py", environ={"MY_API_KEY": "value-of-my-key"})
    assert ended.code == 0
    assert secret not in ended.output
    assert "value-of-my-key" not in ended.output
    assert "1 secret was left out of the prompt (shop.py)" in ended.errors


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["none.py"], "none.py cannot be read"),
        ([], "name a file, or a template"),
        (["shop.py", "--lines", "2:1"], "--lines: 2:1 is neither"),
        (["shop.py", "--lines", "x"], "--lines: x is neither"),
        (["shop.py", "--preset", "fkae"], 'there is no preset "fkae"; did you mean "fake"?'),
        (["--template", "x.jinja", "--args", "5"], "--args is no JSON object"),
        (["--template", "x.jinja"], "x.jinja cannot be read"),
    ],
)
async def test_mistakes_are_told_in_a_sentence(home: Path, arguments: list[str], sentence: str) -> None:
    ended = await called(home, "render", *arguments)
    assert (ended.code, ended.output) == (1, "")
    assert sentence in ended.errors
    assert "Traceback" not in ended.errors


async def test_one_template_with_its_neighbours_and_those_in_force(home: Path) -> None:
    (home / "mine.jinja").write_text(
        'Hello {{ name }}!{{ nmae }} {% include "beside.jinja" %}\n{% include "shared/request.jinja" %}\n',
        encoding="utf-8",
    )
    (home / "beside.jinja").write_text("beside", encoding="utf-8")
    ended = await called(home, "render", "--template", "mine.jinja", "--args", '{"name": "Ada", "user_query": "go"}')
    assert (ended.code, ended.output) == (0, "Hello Ada! besidego")
    assert 'mine.jinja, line 1: the unknown variable "nmae" renders empty' in ended.errors
