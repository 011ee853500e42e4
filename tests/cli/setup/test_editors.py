from __future__ import annotations

import pytest

from lsp_llm import cli
from lsp_llm.cli.setup.editors import EDITORS, NAMES, Editor, editor_named
from lsp_llm.cli.setup.sources import text_of, tree_of
from tests.cli.setup.homes import empty_home


def test_the_command_line_knows_them_all() -> None:
    assert cli.EDITORS == NAMES
    assert [editor_named(name).name for name in NAMES] == list(NAMES)


@pytest.mark.parametrize("editor", EDITORS, ids=lambda editor: editor.name)
def test_every_text_goes_into_an_empty_file_and_is_known_again(editor: Editor) -> None:
    for file in editor.files:
        ours = text_of(editor.name, file.source)
        merged = file.merge("", ours)
        assert ours.splitlines()[0] in merged
        assert file.merge(merged, ours) == merged


@pytest.mark.parametrize("editor", EDITORS, ids=lambda editor: editor.name)
def test_every_place_is_in_the_users_home(editor: Editor) -> None:
    home = empty_home()
    places = [file.place for file in editor.files] + list(editor.rivals)
    assert all(place(home).is_relative_to(home.folder) for place in places)
    if editor.part:
        assert tree_of(editor.name, editor.part.folders)
        assert editor.part.place(home).is_relative_to(home.folder)
