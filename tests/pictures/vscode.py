"""The story that is filmed in VS Code, as a GIF: a fill with a word typed meanwhile, and the chat view."""

from __future__ import annotations

import io
import tempfile
import threading
from itertools import pairwise
from pathlib import Path

from PIL import Image

from tests.editors.provisioning import provide_vscode
from tests.editors.vscode import VSCode
from tests.editors.vscode_chat import ChatView
from tests.editors.vscode_extension import build
from tests.pictures.stage import ASKED, FIRST_LINE, LAST_LINE, TYPED, Stage, answer, stage
from tests.pictures.stories import PAUSE_SECONDS, pause

WIDTH, HEIGHT = 920, 560
COLOURS = 250
"""A GIF has no more; with fewer, greys get a colour."""
SHORTEST_MILLISECONDS = 120
"""Pictures that follow faster are one."""
RATE_LINE = 3
QUESTION = "And a test for that?"
TOLD = """One for what is *just* light enough, one for what is not:

```python
def test_price():
    assert price([LIMIT]) == LIMIT * RATE
    with pytest.raises(ValueError):
        price([LIMIT + 1])
```
"""
LOOK = {
    ("breadcrumbs", "enabled"): False,
    ("editor", "minimap.enabled"): False,
    ("editor", "fontSize"): 13,
    ("workbench", "colorTheme"): "Default Dark Modern",
    ("workbench", "statusBar.visible"): True,
    ("window", "commandCenter"): False,
}


def fill_and_chat_in_vscode(_programs: Path) -> bytes:
    """The film as GIF."""
    installation, client = provide_vscode(), build()
    with stage() as scene, tempfile.TemporaryDirectory(prefix="film-") as folder:
        with VSCode(installation, scene.home, scene.home, client) as editor:
            for (section, name), value in LOOK.items():
                editor.configure(section, name, value)
            editor.configure("lsp-llm", "path", str(scene.home / "bin/lsp-llm"))
            editor.command("lspLlm.restart")
            editor.resize(WIDTH, HEIGHT)
            editor.command("workbench.action.closeAuxiliaryBar")
            view = ChatView(editor)
            editor.open(scene.file)
            view.focus()
            view.wait_for("my-model")
            editor.put_cursor(0, 0)
            editor.command("notifications.clearAll")
            with editor.film(Path(folder)):
                _fill(editor, scene)
                _chat(editor, view, scene)
        return gif(sorted(Path(folder).glob("*.png"), key=_milliseconds))


def _fill(editor: VSCode, scene: Stage) -> None:
    pause()
    editor.select_lines(FIRST_LINE - 1, LAST_LINE - 1)
    pause(0.6)
    _key(editor, "a")
    editor.wait_until(lambda: editor.sees("LLM: what do you want?"))
    editor.type(ASKED, 0.05)
    pause(0.5)
    editor.press("Enter")
    answering = threading.Thread(target=answer, args=(scene.host,))
    answering.start()
    editor.wait_until(lambda: "The price of a parcel" in editor.text())
    editor.put_cursor(RATE_LINE - 1, len("RATE = 12"))
    editor.type(TYPED, 0.06)
    answering.join()
    pause(2 * PAUSE_SECONDS)


def _chat(editor: VSCode, view: ChatView, scene: Stage) -> None:
    editor.select_lines(FIRST_LINE - 1, LAST_LINE + 2)
    pause(0.6)
    _key(editor, "d")
    editor.wait_until(lambda: view.count(".contexts li") == 1)
    view.focus()
    editor.type(QUESTION, 0.05)
    pause(0.5)
    editor.press("Enter")
    answer(scene.host, TOLD)
    view.wait_for("tokens in")
    pause(3 * PAUSE_SECONDS)


def _key(editor: VSCode, key: str) -> None:
    editor.press("Alt+a")
    editor.press(key)


def _milliseconds(picture: Path) -> int:
    return int(picture.stem)


def gif(pictures: list[Path]) -> bytes:
    """The pictures, each for as long as it was to be seen; one palette for all, so that only what changes is kept."""
    kept = _slower(pictures)
    palette = _palette([kept[0], kept[len(kept) // 3], kept[len(kept) // 2], kept[-1]])
    frames = [_opened(picture).quantize(palette=palette, dither=Image.Dither.NONE) for picture in kept]
    times = [_milliseconds(picture) for picture in kept]
    durations = [*(then - now for now, then in pairwise(times)), round(3000 * PAUSE_SECONDS)]
    film = io.BytesIO()
    frames[0].save(film, "GIF", save_all=True, append_images=frames[1:], duration=durations, loop=0)
    return film.getvalue()


def _slower(pictures: list[Path]) -> list[Path]:
    """Without those that follow too fast; the last one stays, as it shows what has come of it all."""
    kept = pictures[:1]
    for picture in pictures[1:-1]:
        if _milliseconds(picture) - _milliseconds(kept[-1]) >= SHORTEST_MILLISECONDS:
            kept.append(picture)
    return [*kept, pictures[-1]]


def _palette(pictures: list[Path]) -> Image.Image:
    """The colours of these."""
    together = Image.new("RGB", (WIDTH, HEIGHT * len(pictures)))
    for number, picture in enumerate(pictures):
        together.paste(_opened(picture), (0, HEIGHT * number))
    return together.quantize(COLOURS)


def _opened(picture: Path) -> Image.Image:
    return Image.open(picture).convert("RGB")
