from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.config.layers import Layer, Origin, merge
from lsp_llm.config.problems import Problem
from lsp_llm.config.settings import Settings

from .sources import built_in, editor, leaf_types, nested, only_problem, project, sound, user


def test_no_layers_are_the_defaults() -> None:
    assert merge([]) == (Settings(), ())


@pytest.mark.parametrize(
    ("layers", "preset"),
    [
        ([built_in({"preset": "a"})], "a"),
        ([built_in({"preset": "a"}), user('preset = "b"')], "b"),
        ([user('preset = "b"'), project('preset = "c"')], "c"),
        ([user('preset = "b"'), project('preset = "c"'), editor({"preset": "d"})], "d"),
        ([editor({"preset": "d"}), editor({"preset": "e"})], "e"),
        ([editor({"preset": "d"}), editor({"preset": None})], "d"),
        ([user('preset = "b"'), project('[chat]\ndirectory = "chats"')], "b"),
    ],
)
def test_the_highest_layer_that_says_something_wins(layers: list[Layer], preset: str) -> None:
    assert sound(*layers).preset == preset


def test_tables_merge_key_by_key_at_every_depth() -> None:
    below = built_in(
        {
            "providers": {"o": {"base_url": "http://host/v1", "auth": "none"}},
            "presets": {"o": {"provider": "o", "params": {"a": {"x": 1, "y": 2}, "b": [1, 2]}}},
        }
    )
    above = user('providers.o.auth = "bearer"\n[presets.o.params]\na.y = 3\nb = [4]\n[presets.p]\nprovider = "o"')
    settings = sound(below, above)
    assert (settings.providers["o"].base_url, settings.providers["o"].auth) == ("http://host/v1", "bearer")
    assert settings.presets["o"].params == {"a": {"x": 1, "y": 3}, "b": [4]}
    assert settings.presets["p"].provider == "o"


def test_lists_replace() -> None:
    settings = sound(user('context.ignore = ["a"]'), editor({"context": {"ignore": ["b"], "project_dirs": []}}))
    assert (settings.context.ignore, settings.context.project_dirs) == (("b",), ())


@pytest.mark.parametrize(
    ("layers", "ignored"),
    [
        ([project('context.ignore = ["secret/"]')], (".env", "*.pem", "secret/")),
        ([project("context.ignore = []")], (".env", "*.pem")),
        ([user('context.ignore = ["a"]'), project('context.ignore = ["b", "a"]')], ("a", "b")),
        ([user('context.ignore = ["a"]'), project("context.max_tokens = 5")], ("a",)),
    ],
)
def test_a_project_only_adds_to_what_is_ignored(layers: list[Layer], ignored: tuple[str, ...]) -> None:
    assert sound(*layers).context.ignore == ignored


def test_a_bad_key_costs_nothing_but_itself() -> None:
    text = '[providers.o]\nbase_url = "ftp://host"\nauth = "none"\n[tools]\nmax_rounds = 0\nenabled = false\n'
    settings, problems = merge([user(text)])
    assert settings.providers["o"].auth == "none"
    assert settings.providers["o"].base_url == ""
    assert (settings.tools.enabled, settings.tools.max_rounds) == (False, Settings().tools.max_rounds)
    assert [(problem.line, problem.key) for problem in problems] == [
        (2, "providers.o.base_url"),
        (5, "tools.max_rounds"),
    ]


def test_a_bad_value_leaves_the_lower_layer_in_force() -> None:
    settings, problems = merge([user("tools.max_rounds = 3"), editor({"tools": {"max_rounds": "many"}})])
    assert settings.tools.max_rounds == 3
    assert str(problems[0]) == (
        "initializationOptions: tools.max_rounds: must be a whole number of at least 1, not a text"
    )


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ("[tools]\n\nmax_rounds = 0", 3, "tools.max_rounds"),
        ("tools.enabled = true\ntools.max_rounds = 0", 2, "tools.max_rounds"),
        ("[tools]\nenabled = true\n[edits.client]\nminimum_interval_ms = -1", 4, "edits.client.minimum_interval_ms"),
        ("[edits]\nclient = {version = 'null',\n   echo = 'maybe'}".replace("\n   ", " "), 2, "edits.client.echo"),
        ("[presets]\n\n[presets.'gpt 5.4']\nprovider = 'o'\nsystem = 1", 5, 'presets."gpt 5.4".system'),
        ('status = 1\npreset = """\n[tools]\nmax_rounds = 0\n"""', 1, "status"),
        ("[context] # why\nignore = [\n  '#', # no\n  5,\n]", 2, "context.ignore"),
    ],
)
def test_a_problem_says_on_which_line_the_key_stands(text: str, line: int, key: str) -> None:
    problem = only_problem(user(text))
    assert (problem.source, problem.line, problem.key) == ("config.toml", line, key)


def test_a_preset_without_a_provider_is_left_out_and_reported_where_it_was_last_named() -> None:
    settings, problems = merge([user('[presets.mine]\nmodel = "m"'), project("x = 1\n[presets.mine]\nprefill = true")])
    assert settings.presets == {}
    unknown, lacking = problems
    assert unknown.key == "x"
    assert (lacking.source, lacking.line, lacking.key) == (".lsp-llm.toml", 2, "presets.mine")
    assert "names no provider" in lacking.message


def test_a_preset_may_get_its_provider_from_another_layer() -> None:
    assert sound(user('presets.m.model = "x"'), project('presets.m.provider = "o"')).presets["m"].model == "x"


def test_problems_of_reading_are_handed_on_in_the_order_of_the_layers() -> None:
    unread = Problem("config.toml", 3, "", "is not valid TOML")
    _, problems = merge([Layer("config.toml", Origin.USER, problems=(unread,)), editor({"colour": 1})])
    assert problems[0] is unread
    assert problems[1].key == "colour"


def test_what_project_files_may_not_say_is_gone_and_told() -> None:
    text = 'remote.url = "ws://host"\n[providers.o]\nbase_url = "http://host"\nfirst_token_timeout_seconds = 9\n'
    settings, problems = merge([project(text)])
    assert (settings.remote.url, settings.providers["o"].base_url) == ("", "")
    assert settings.providers["o"].first_token_timeout_seconds == 9
    assert [(problem.line, problem.key) for problem in problems] == [(1, "remote"), (3, "providers.o.base_url")]


def test_a_project_cannot_change_an_endpoint_that_the_user_has_named() -> None:
    lower = user('[providers.o]\nbase_url = "https://mine/v1"\napi_key_env = "MINE"')
    upper = project('[providers.o]\nbase_url = "https://theirs/v1"\napi_key_env = "OTHER"')
    settings, problems = merge([lower, upper])
    assert (settings.providers["o"].base_url, settings.providers["o"].api_key_env) == ("https://mine/v1", "MINE")
    assert len(problems) == 2


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()) | st.dates()
JSON_LIKE = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=6)
# A value of any kind at the place of a real setting, and at each table on the way to it.
PLACES = [".".join(name.split(".")[:end]) for name, _ in leaf_types(Settings) for end in range(1, name.count(".") + 2)]
VALUES = st.builds(nested, st.sampled_from(PLACES), JSON_LIKE) | st.dictionaries(st.text(), JSON_LIKE, max_size=2)
LAYERS = st.builds(Layer, st.just("source"), st.sampled_from(Origin), VALUES)


@given(st.lists(LAYERS, max_size=3))
def test_merging_takes_anything_and_gives_settings(layers: list[Layer]) -> None:
    settings, problems = merge(layers)
    assert isinstance(settings, Settings)
    assert all(problem.message and problem.source == "source" for problem in problems)


@given(st.lists(LAYERS, max_size=3))
def test_merged_settings_merge_without_a_problem(layers: list[Layer]) -> None:
    settings, _ = merge(layers)
    again, problems = merge([editor(msgspec.to_builtins(settings))])
    assert problems == ()
    assert again == settings


def test_an_unknown_fallback_is_named_with_the_nearest_and_the_known_ones_stay() -> None:
    layers = [
        built_in({"presets": {"local": {"provider": "o"}, "claude": {"provider": "o", "fallback": ["local"]}}}),
        user('[presets.claude]\nmodel = "m"\nfallback = ["locla", "local"]\n'),
        project('[presets.claude]\nmodel = "n"\n'),
    ]
    settings, (problem,) = merge(layers)
    assert str(problem) == ('config.toml:3: presets.claude.fallback: there is no preset "locla"; did you mean "local"?')
    assert settings.presets["claude"].fallback == ("local",)
    assert settings.presets["claude"].model == "n"


def test_a_fallback_may_be_named_before_it_is_defined() -> None:
    settings = sound(user('[presets.a]\nprovider = "o"\nfallback = ["b"]\n[presets.b]\nprovider = "o"\n'))
    assert settings.presets["a"].fallback == ("b",)
