"""`lsp-llm.apply`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.fakes.chats import HELLO, chat_uri
from tests.fakes.lsp_client import LspClient, Refusal

APPLYING = """## Assistant (m)

This goes into `shop.py`:

```python
def area(r):
    return 3.14 * r * r
```

And this names nothing:

```
x
```
"""


async def test_a_block_is_shown_in_the_file_that_it_names_and_taken_when_it_is_accepted(tmp_path: Path) -> None:
    source = "import math\n\ndef area(r):\n    return 3 * r * r\n\nprint(area(2))\n"
    (tmp_path / "shop.py").write_text(source)
    async with LspClient(root=tmp_path) as client:
        buffer = client.open(chat_uri(tmp_path), f"{HELLO}\n{APPLYING}", "markdown")
        job = await client.command("apply", {"uri": buffer.uri, "position": {"line": 16, "character": 0}})
        await client.until(lambda: client.asked("window/showDocument") == 1)
        code = client.open((tmp_path / "shop.py").as_uri(), source)
        await client.until(lambda: client.asked("window/showDocument") == 2, "the difference")
        assert code.text == source
        await client.command("accept", {"jobId": job["jobId"]})
        await client.until(lambda: code.text == source.replace("3 *", "3.14 *"), "the change")
        with pytest.raises(Refusal, match="names no file"):
            await client.command("apply", {"uri": buffer.uri, "position": {"line": 22, "character": 0}})
        with pytest.raises(Refusal, match="no block of code"):
            await client.command("apply", {"uri": buffer.uri, "position": {"line": 8, "character": 0}})


async def test_a_block_that_no_document_shows_is_given_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text("a = 1\n")
    async with LspClient(root=tmp_path) as client:
        code = client.open((tmp_path / "shop.py").as_uri(), "a = 1\n")
        job = await client.command("apply", {"file": "shop.py", "text": "a = 2\n"})
        await client.until(lambda: client.asked("window/showDocument") == 2, "the difference")
        await client.command("accept", {"jobId": job["jobId"]})
        await client.until(lambda: code.text == "a = 2\n", "the change")
        for path in ("../other.py", ".env"):
            with pytest.raises(Refusal, match=re.escape(path)):
                await client.command("apply", {"file": path, "text": "x"})
        for unclear in ({}, {"text": "x"}, {"uri": code.uri, "file": "shop.py", "text": "x"}):
            with pytest.raises(Refusal, match="uri and position, or file and text"):
                await client.command("apply", unclear)


async def test_a_block_does_not_reach_files_that_stay_behind(tmp_path: Path) -> None:
    async with LspClient(root=tmp_path) as client:
        for path in ("../other.py", ".env"):
            uri = (tmp_path / f"{len(path)}.chat.md").as_uri()
            buffer = client.open(uri, f"## Assistant\n\n```sh title={path}\nx\n```\n", "markdown")
            with pytest.raises(Refusal, match=re.escape(path)):
                await client.command("apply", {"uri": buffer.uri, "position": {"line": 3, "character": 0}})
            assert not (tmp_path / path).exists()


async def test_a_block_may_name_the_true_path_of_a_file(tmp_path: Path) -> None:
    folder, alias = tmp_path / "folder", tmp_path / "alias"
    folder.mkdir()
    alias.symlink_to(folder)
    async with LspClient(root=alias) as client:
        await client.command("apply", {"file": f"{folder}/new.py", "text": "a = 1\n"})
        await client.until(lambda: client.asked("window/showDocument") == 1)
        assert (folder / "new.py").read_text() == ""
