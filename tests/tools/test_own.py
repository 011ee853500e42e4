from pathlib import Path
from typing import Annotated

import msgspec
import pytest
from msgspec import Meta

from lsp_llm.exchange.tools import ToolCall
from lsp_llm.tools.base import BadArguments, World
from lsp_llm.tools.own import Own
from tests.tools.worlds import world


class Count(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    path: str
    lines: Annotated[int, Meta(ge=1)] = 1


async def shown(arguments: Count, world: World) -> str:
    return f"{arguments.path} {arguments.lines}"


COUNT = Own("count", "Counts.", Count, shown, subject=lambda arguments: arguments.path)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("{}", "missing required field `path`"),
        ('{"path": 3}', "$.path"),
        ('{"path": "a", "lines": 0}', "$.lines"),
        ('{"path": "a", "lines": 1.5}', "$.lines"),
        ('{"path": "a", "line": 1}', "unknown field `line`"),
        ("[]", "Expected `object`"),
        ("nonsense", "malformed"),
        ('{"path": "\\ud800"}', "do not fit"),
    ],
)
def test_arguments_that_do_not_fit_are_told_by_their_field(arguments: str, said: str) -> None:
    with pytest.raises(BadArguments, match="The arguments of count do not fit") as told:
        COUNT.prepare(ToolCall("1", "count", arguments))
    assert said in str(told.value)


@pytest.mark.parametrize("lines", ["2", "2.0", '"2"'])
async def test_numbers_may_be_written_as_hosts_write_them(lines: str, tmp_path: Path) -> None:
    prepared = COUNT.prepare(ToolCall("1", "count", f'{{"path": "a", "lines": {lines}}}'))
    assert await prepared.run(world(tmp_path)) == "a 2"
    assert prepared.subject == "a"
