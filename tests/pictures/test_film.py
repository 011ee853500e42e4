import xml.etree.ElementTree as ET

from rich.segment import Segment
from rich.style import Style

from tests.pictures.film import Frame, film

SVG = "{http://www.w3.org/2000/svg}"


def frame(second: float, *rows: str, cursor: tuple[int, int] | None = None) -> Frame:
    return Frame(second, tuple((Segment(row),) for row in rows), cursor)


def spells(drawn: str) -> list[tuple[str, str | None, str | None]]:
    """What is drawn, when it is to be seen, and whether it is where nothing moves."""
    found = []
    for group in ET.fromstring(drawn).findall(f"{SVG}g"):
        animation = group.find(f"{SVG}animate")
        text = "".join(element.text or "" for element in group.findall(f"{SVG}text"))
        times = animation.get("keyTimes") if animation is not None else None
        found.append((text.replace("\u00a0", " "), times, group.get("visibility")))
    return found


def test_a_line_is_drawn_once_for_as_long_as_it_stands_there() -> None:
    frames = [frame(0, "same", "one"), frame(2, "same", "two"), frame(4, "same", "two"), frame(5, "same", "one")]
    assert spells(film(frames, "title", 10, poster_second=3)) == [
        ("same", None, None),
        ("one", "0.0000;0.2000", "hidden"),
        ("two", "0.0000;0.2000;0.5000", "visible"),
        ("one", "0.0000;0.5000", "hidden"),
    ]


def test_the_cursor_moves_by_itself() -> None:
    frames = [frame(0, "same", cursor=(1, 0)), frame(5, "same", cursor=(2, 0)), frame(6, "same", cursor=None)]
    times = [when for _, when, _ in spells(film(frames, "title", 10, poster_second=0))]
    assert times == [None, "0.0000;0.5000", "0.0000;0.5000;0.6000"]


def test_what_has_a_meaning_in_xml_and_blanks_stay() -> None:
    drawn = film([frame(0, "  if a < b:  &amp;")], "<t>", 1, poster_second=0)
    assert spells(drawn) == [("  if a < b:  &amp;", None, None)]


def test_colours_are_those_of_the_screen() -> None:
    style = Style.parse("bold #102030 on #405060")
    drawn = film([Frame(0, ((Segment("x", style),),), None)], "t", 1, poster_second=0)
    assert 'fill="#405060"/>' in drawn
    assert 'fill="#102030" font-weight="bold"' in drawn
    assert "http" not in drawn.replace("http://www.w3.org/2000/svg", "")
