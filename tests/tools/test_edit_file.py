import json
from pathlib import Path

import pytest

from lsp_llm.tools.base import Outcome, Proposal, ToolFailed
from lsp_llm.tools.edit_file import EDIT_FILE
from lsp_llm.tools.read_file import READ_FILE
from tests.context.folders import write
from tests.tools.test_read_file import hostile
from tests.tools.worlds import KEY, Folder, User, run, world

__all__ = ["hostile"]


@pytest.fixture
def user(tmp_path: Path) -> User:
    write(tmp_path, {"a.py": "one\ntwo\n", "empty.py": "", "bin": b"\0"})
    return User(Folder(tmp_path))


async def edited(user: User, **arguments: str) -> str:
    return await run(EDIT_FILE, json.dumps(arguments), world(user.folder.root, user))


async def test_a_change_is_proposed_and_made_by_the_user(user: User) -> None:
    assert await edited(user, path="a.py", old_text="two", new_text="2") == (
        "The user accepted the change; a.py has it now."
    )
    assert user.proposals == [Proposal(f"{user.folder.root}/a.py", "one\ntwo\n", 4, 7, "2")]
    assert (user.folder.root / "a.py").read_text() == "one\ntwo\n", "the tool itself writes nothing"


async def test_what_nobody_was_asked_for_is_told_as_such(user: User) -> None:
    user.outcome = Outcome("made", "it is not saved yet")
    assert await edited(user, path="a.py", old_text="two", new_text="2") == (
        "The change was made without asking, as the user has allowed; a.py has it now: it is not saved yet."
    )


async def test_the_next_change_is_of_what_the_last_one_left(user: User) -> None:
    await edited(user, path="a.py", old_text="two", new_text="2")
    await edited(user, path="a.py", old_text="2", new_text="II")
    assert user.folder.buffers[user.folder.root / "a.py"] == "one\nII\n"


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (Outcome("declined"), "declined the change; a.py stays as it is."),
        (Outcome("declined", "use a tuple"), "stays as it is: use a tuple."),
        (Outcome("failed", "the document has changed"), "could not be made; a.py stays as it is: the document has"),
    ],
)
async def test_a_no_is_told(outcome: Outcome, said: str, user: User) -> None:
    user.outcome = outcome
    with pytest.raises(ToolFailed) as told:
        await edited(user, path="a.py", old_text="two", new_text="2")
    assert said in str(told.value)


async def test_a_part_is_told_as_such_with_what_was_left_out(user: User) -> None:
    user.outcome = Outcome("partly", "-two\n+2")
    said = await edited(user, path="a.py", old_text="two", new_text="2")
    assert said == "The user accepted a part of it; a.py has that now. Not taken:\n-two\n+2"


@pytest.mark.parametrize("path", ["new/folder/b.py", "./c.py"])
async def test_a_new_file_is_proposed_whole(path: str, user: User) -> None:
    await edited(user, path=path, new_text="x\n")
    assert user.proposals[0].text is None
    assert user.proposals[0].replacement == "x\n"
    assert Path(user.proposals[0].path).is_relative_to(user.folder.root)


async def test_an_empty_file_is_filled(user: User) -> None:
    await edited(user, path="empty.py", new_text="x")
    assert user.proposals[0].text == ""


@pytest.mark.parametrize(
    ("path", "old", "said"),
    [
        ("a.py", "", "exists and is not empty: old_text must say"),
        ("a.py", "three", "In a.py, old_text does not stand in the file"),
        ("new.py", "three", "does not exist"),
        ("new/", "", "is the name of a folder"),
        ("bin", "x", "is binary"),
        ("a.py/b", "", "a.py/b"),
        ("", "", "must name a file"),
    ],
)
async def test_an_edit_that_cannot_be_meant_is_told_and_not_proposed(
    path: str, old: str, said: str, user: User
) -> None:
    with pytest.raises(ToolFailed) as told:
        await edited(user, path=path, old_text=old, new_text="n")
    assert said in str(told.value)
    assert user.proposals == []


async def test_secrets_that_the_model_did_not_see_come_back_into_the_file(user: User) -> None:
    write(user.folder.root, {"k.py": f'key = "{KEY}"\n'})
    where = world(user.folder.root, user)
    seen = await run(READ_FILE, '{"path": "k.py"}', where)
    mark = seen.split('"')[1]
    arguments = {"path": "k.py", "old_text": f'key = "{mark}"', "new_text": f'KEY = "{mark}"'}
    await run(EDIT_FILE, json.dumps(arguments), where)
    assert user.folder.buffers[user.folder.root / "k.py"] == f'KEY = "{KEY}"\n'


@pytest.mark.parametrize(
    "path",
    [
        "../new.txt",
        "/elsewhere/new.txt",
        "folder/new.txt",
        "sub/up/outside/new.txt",
        "link.txt",
        "ignored/new.txt",
        "new.log",
        ".env",
        ".env.local",
        ".git/hooks/pre-commit",
        "sub/.git/config",
        "new.pem",
        "loop",
        "loop/new",
        "pipe",
        "secret.txt",
    ],
)
async def test_nothing_is_proposed_outside_or_where_it_is_ignored(path: str, hostile: Path) -> None:
    user = User(Folder(hostile))
    for old in ("", "x"):
        with pytest.raises(ToolFailed):
            await edited(user, path=path, old_text=old, new_text="n")
    assert user.proposals == []


async def test_a_workspace_that_is_a_link_is_edited_by_either_path(user: User, tmp_path: Path) -> None:
    user.folder.root = tmp_path / "alias"
    user.folder.root.symlink_to(tmp_path)
    await edited(user, path=f"{tmp_path}/a.py", old_text="two", new_text="2")
    await edited(user, path=f"{tmp_path}/alias/a.py", old_text="2", new_text="II")
    await edited(user, path=f"{tmp_path}/new.py", new_text="x")
    assert [proposal.path for proposal in user.proposals] == [*2 * [f"{tmp_path}/a.py"], f"{tmp_path}/new.py"]


async def test_a_link_within_the_workspace_is_edited_where_it_leads(user: User) -> None:
    (user.folder.root / "alias.py").symlink_to("a.py")
    await edited(user, path="alias.py", old_text="two", new_text="2")
    assert user.proposals[0].path == f"{user.folder.root}/a.py"
