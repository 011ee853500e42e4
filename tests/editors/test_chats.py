"""A person who holds a chat in real editors: three turns, a tool that is allowed, and typing on while answers come."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.editors import readme
from tests.editors.helix import Helix
from tests.editors.hosting import HostedExchange, Hosting
from tests.editors.installation import Installation
from tests.editors.neovim import Neovim
from tests.editors.test_neovim import CHOOSE, CONFIGURATIONS
from tests.fakes.chats import call_tool, without_comments

QUESTION = "## User\n\nWhat is a?\n"
MEANWHILE = "And b?"
TALK = f"""## User

What is a?

## Assistant (a host driven by hand)

<details data-id="call_1"><summary>Tool call: read_file</summary>

```json
{{"path": "shop.py"}}
```

</details>

## Tools

<details data-id="call_1"><summary>Tool result: read_file</summary>

RESULT
</details>

## Assistant (a host driven by hand)

It is 41.
And no more.

## User

{MEANWHILE}

## Assistant (a host driven by hand)

Nothing.

## User

"""
AS_TYPED = TALK.replace(f"\n\n{MEANWHILE}", f"\n{MEANWHILE}").rstrip("\n")
"""The last line of these editors is what ends with the last line end, so the cursor cannot stand behind it."""
OFFERED = """
local document = { textDocument = vim.lsp.util.make_text_document_params() }
for _, answer in pairs(vim.lsp.buf_request_sync(0, "textDocument/codeLens", document, 1000) or {}) do
  for _, lens in ipairs(answer.result or {}) do
    if lens.command.title == ... then return true end
  end
end
return false
"""
ANSWER = ["It ", "is ", "4", "1.\n", "And ", "no ", "more", "."]


def asks_for_a_file(host: Hosting, exchange: HostedExchange) -> None:
    host.wait_for(call_tool(exchange._exchange, "read_file", {"path": "shop.py"}))


def plain(text: str) -> str:
    """The document without comments and without what the tool gave."""
    text = without_comments(text)
    start = text.index("</summary>\n\n", text.index("Tool result")) + len("</summary>\n\n")
    end = text.index("</details>", start)
    assert "a = 41" in text[start:end]
    return f"{text[:start]}RESULT\n{text[end:]}"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    # Helix takes the folder in which it was started for the workspace.
    folder = tmp_path / "home"
    (folder / ".git").mkdir(parents=True)
    (folder / "shop.py").write_text("a = 41\n")
    talk = folder / "talk.chat.md"
    talk.write_text(QUESTION)
    return talk


@pytest.mark.parametrize("editor_name", list(CONFIGURATIONS))
def test_neovim(request: pytest.FixtureRequest, editor_name: str, tmp_path: Path, file: Path) -> None:
    program, configuration = request.getfixturevalue(editor_name), readme.block(CONFIGURATIONS[editor_name], "lua")
    home = tmp_path / "home"

    def pick(action: str) -> None:
        # The last words of an answer are there before the server knows that they are.
        editor.wait_until(lambda: bool(editor.lua(OFFERED, action)))
        editor.lua(CHOOSE, action)
        editor.keys("<Esc>\\a")

    with Hosting() as host, Neovim(program, home) as editor:
        Installation(home, host.base_url)
        editor.lua(configuration)
        editor.open(file)
        editor.wait_for_server()
        editor.keys("G")
        pick("LLM: send")
        asks_for_a_file(host, host.request())
        editor.wait_until(lambda: any("Tool call" in line for line in editor.lines()))
        pick("LLM: allow read_file")
        exchange = host.request()
        answer = exchange.stream_part(ANSWER, 0.05)
        editor.wait_until(lambda: editor.lines().count("## User") == 2)
        editor.keys("<Esc>GA")
        editor.type_slowly(MEANWHILE)
        answer.result(timeout=60)
        exchange.done()
        editor.wait_until(lambda: sum("lsp-llm" in line for line in editor.lines()) == 3)
        pick("LLM: send")
        exchange = host.request()
        assert exchange.asked == MEANWHILE
        exchange.say("Nothing.")
        exchange.done()
        editor.wait_until(lambda: editor.lines().count("## User") == 3)
        editor.wait_until(lambda: sum("lsp-llm" in line for line in editor.lines()) >= 4)
        text = plain("\n".join(editor.lines()) + "\n").rstrip("\n")
        assert text == AS_TYPED


@pytest.mark.parametrize("editor_name", ["helix", "helix_newest"])
def test_helix(request: pytest.FixtureRequest, editor_name: str, tmp_path: Path, file: Path) -> None:
    program, home = request.getfixturevalue(editor_name), tmp_path / "home"
    languages = readme.block("Helix", "toml")

    with Hosting() as host:
        installation = Installation(home, host.base_url)
        with Helix(program, home, file, languages) as editor:
            editor.wait_for_server()
            editor.keys("g", "e")
            editor.pick("LLM: send")
            asks_for_a_file(host, host.request())
            editor.wait_for("Tool call")
            # The words are there before the server asks about them; the older Helix is only told of the question.
            asking = ("window/showMessageRequest", "window/showMessage")
            installation.wait_until(lambda: any(installation.messages("<-", method) for method in asking))
            editor.pick("LLM: allow read_file")
            exchange = host.request()
            answer = exchange.stream_part(ANSWER, 0.05)
            editor.wait_for("## User")
            editor.keys("g", "e")
            editor.insert_mode("A")
            editor.type_slowly(MEANWHILE)
            answer.result(timeout=60)
            exchange.done()
            installation.wait_for_ends("done")
            editor.wait_for("And no more.")
            assert MEANWHILE in editor.saved()
            editor.pick("LLM: send")
            exchange = host.request()
            assert exchange.asked == MEANWHILE
            exchange.say("Nothing.")
            exchange.done()
            editor.wait_for("Nothing.")
            editor.wait_until(lambda: editor.saved().count("<!-- lsp-llm") == 4)
            assert plain(editor.saved()).rstrip("\n") == AS_TYPED
