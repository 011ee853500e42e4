from __future__ import annotations

from pathlib import Path

import pytest

from lsp_llm.commands.applying import make_file, meant_range
from lsp_llm.errors import UserError

SOURCE = "import math\n\ndef area(r):\n    x = 3\n\n    return x * r * r\n\nprint(area(2))\n"
AREA = SOURCE[SOURCE.index("def") : SOURCE.index("\nprint")]
JS = "function a() {\n  return 1;\n}\nfunction b() {\n  return 2;\n}\n"


@pytest.mark.parametrize(
    ("text", "block", "meant"),
    [
        (SOURCE, "def area(r):\n    return math.pi * r * r\n", AREA),
        (SOURCE, "def area(r):\n    return x * r * r\n", AREA),
        (SOURCE, "import math\n\nprint(area(2))\n", SOURCE),
        (SOURCE, "import math\n", "import math\n"),
        (SOURCE, "x = 1\n", SOURCE),
        (SOURCE, "\n", SOURCE),
        ("", "x = 1\n", ""),
        ("a\na\n", "a\nb\n", "a\na\n"),
        (JS, "function a() {\n  return 3;\n}\n", JS[:29]),
    ],
)
def test_a_block_takes_the_place_of_what_begins_as_it_does(text: str, block: str, meant: str) -> None:
    start, end = meant_range(text, block)
    assert text[start:end] == meant


def test_a_file_that_can_be_shown_is_made_and_one_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "new" / "shop.py"
    make_file(file)
    assert file.read_text() == ""
    file.write_text("x\n")
    make_file(file)
    assert file.read_text() == "x\n"
    with pytest.raises(UserError, match=r"cannot be written"):
        make_file(file / "below.py")
