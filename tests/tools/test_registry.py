from typing import Any

from lsp_llm.tools.client_tools import ClientTool
from lsp_llm.tools.naming import is_name
from lsp_llm.tools.registry import ALWAYS, WHEN_NAMED, toolbox

OURS = ("read_file", "list_files", "search", "diagnostics", "edit_file")


def foreign(name: str) -> ClientTool:
    client: Any = None
    return ClientTool(name, "", {}, "chat", client)


def test_commands_are_off_until_they_are_named() -> None:
    assert toolbox((), ()).names == OURS
    assert toolbox(("run_command", "rm"), ()).names == (*OURS, "run_command")
    assert toolbox((), ()).find("run_command") is None


def test_others_tools_come_behind_ours() -> None:
    box = toolbox((), (foreign("weather"),))
    assert box.names == (*OURS, "weather")
    assert box.problems == ()
    weather = box.find("weather")
    assert weather is not None
    assert weather.spec.parameters == {"type": "object", "properties": {}}


def test_a_name_that_is_taken_or_odd_stays_out() -> None:
    box = toolbox((), (foreign("read_file"), foreign("run_command"), foreign("a b"), foreign("x"), foreign("x")))
    assert box.names == (*OURS, "x")
    assert len(box.problems) == 4
    assert "'run_command'" in box.problems[1]
    assert "'a b'" in box.problems[2]


def test_every_host_takes_our_names() -> None:
    assert all(is_name(tool.spec.name) for tool in (*ALWAYS, *WHEN_NAMED))


def test_only_edits_ask_by_themselves() -> None:
    assert [tool.spec.name for tool in (*ALWAYS, *WHEN_NAMED) if tool.approval == "within"] == ["edit_file"]
