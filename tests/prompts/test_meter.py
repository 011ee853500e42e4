from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.prompts.meter import ITEM_WEIGHT, LimitReached, Meter

VALUES = st.recursive(
    st.text(max_size=20) | st.integers() | st.none() | st.booleans(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4) | st.tuples(inner)
    ),
    max_leaves=20,
)


@given(VALUES)
def test_a_value_weighs_at_least_what_it_prints_without_its_quoting(value: Any) -> None:
    texts = sum(map(len, _texts(value)))
    assert Meter().weigh(value) >= texts


@given(VALUES)
def test_a_list_of_a_value_twice_weighs_it_twice(value: Any) -> None:
    assert Meter().weigh([value, value]) == 2 * (Meter().weigh([value]) - ITEM_WEIGHT) + ITEM_WEIGHT


def test_a_heavy_value_is_refused_without_going_through_it_all() -> None:
    value: list[Any] = [1]
    for _ in range(100):
        value = [value, value]
    with pytest.raises(LimitReached, match="too long"):
        Meter(size=1_000).weigh(value)


def test_a_value_that_holds_itself_is_refused() -> None:
    value: list[Any] = []
    value.append(value)
    with pytest.raises(LimitReached):
        Meter(size=1_000).weigh(value)


def test_rounds_are_counted() -> None:
    meter = Meter(rounds=10)
    meter.spend(9)
    meter.spend(1)
    with pytest.raises(LimitReached, match="more than 10 rounds"):
        meter.spend(1)


def test_what_is_written_is_counted() -> None:
    meter = Meter(size=10)
    meter.write(10)
    with pytest.raises(LimitReached, match="more than 10 characters"):
        meter.write(1)


def test_reading_takes_rounds() -> None:
    meter = Meter(rounds=10)
    meter.count_reading("x" * 99, characters_a_round=10)
    with pytest.raises(LimitReached):
        meter.count_reading([0, 0], characters_a_round=10)


@pytest.mark.parametrize(("left", "right"), [("x" * 11, 10), (10, "x" * 11), ([0] * 9, 10), (2**6000, 2**6000)])
def test_a_large_product_is_refused(left: Any, right: Any) -> None:
    with pytest.raises(LimitReached):
        Meter(size=100).before_repeating(left, right)


@pytest.mark.parametrize(("left", "right"), [("x" * 10, 10), ("x" * 10, -1), (0, "x"), (1.5, 2), (3, 4), ([0], 3)])
def test_a_small_product_is_not(left: Any, right: Any) -> None:
    Meter(size=100).before_repeating(left, right)


def test_the_other_checks() -> None:
    meter = Meter(size=100)
    meter.before_power(2, 100)
    meter.before_power(2, -100)
    meter.before_power(2.5, 10**9)
    meter.before_padding([100, "x", None, -5])
    meter.before_replacing("aaa", "a", "b" * 30)
    meter.before_joining(", ", ["a"] * 3)
    meter.before_formatting("%s and %5d, {:>8}", ["x" * 10])


@pytest.mark.parametrize(
    ("check", "values"),
    [
        ("before_power", (2, 10**6)),
        ("before_padding", ([10_001],)),
        ("before_padding", ([-10_001],)),
        ("before_replacing", ("aaaa", "a", "b" * 30)),
        ("before_replacing", ("aaaa", "", "b" * 30)),
        ("before_joining", ("x" * 30, ["a"] * 4)),
        ("before_formatting", ("%s%s%s%s", ["x" * 30])),
        ("before_formatting", ("%99999d", [1])),
        ("before_formatting", ("%*d", [5, 1])),
        ("before_formatting", ("{:{}}", [5, 1])),
    ],
)
def test_what_would_be_too_much_is_refused(check: str, values: tuple[Any, ...]) -> None:
    with pytest.raises(LimitReached):
        getattr(Meter(size=100), check)(*values)


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for pair in value.items() for item in pair for text in _texts(item)]
    if isinstance(value, list | tuple):
        return [text for item in value for text in _texts(item)]
    return []
