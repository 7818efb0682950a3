"""How training is asked for: a recipe, a method with an environment, or a method with one of its recipes."""

from __future__ import annotations

import pytest

from sim_suite.cli.train import Arguments, _recipe_of, _spelled_out
from sim_suite.errors import SuiteError


def asked(*words, **options):
    return _recipe_of(_spelled_out(Arguments(*words, **options)))


def test_a_method_with_environment_and_recipe_is_the_recipe_of_that_name():
    by_method = asked("chauffeurnet", "sim_suite/Driving-v0", recipe="small")
    assert by_method == asked("chauffeurnet-small")
    assert (by_method.agent, by_method.env, by_method.config["updates"]) == (
        "chauffeurnet",
        "sim_suite/Driving-v0",
        asked("chauffeurnet", recipe="chauffeurnet-small").config["updates"],
    )


def test_the_environment_stands_behind_the_method_or_by_its_flag():
    assert asked("q-learning", "FrozenLake-v1") == asked("q-learning", env="FrozenLake-v1")
    assert asked("frozenlake-4x4-q-learning", "FrozenLake8x8-v1").env == "FrozenLake8x8-v1"


@pytest.mark.parametrize(
    ("words", "options", "said"),
    [
        (("q-learning", "FrozenLake-v1"), {"env": "CartPole-v1"}, "named twice, as 'FrozenLake-v1' and by --env"),
        (("chauffeurnet",), {"recipe": "car-racing-bc"}, "'car-racing-bc' trains 'bc', not 'chauffeurnet'"),
        (("chauffeurnet",), {"recipe": "smal"}, "smal"),
        (("car-racing-bc",), {"recipe": "small"}, "--recipe goes with a method, which 'car-racing-bc' is not"),
        (("chauffeurnet",), {}, "say what to train it on"),
    ],
)
def test_what_does_not_go_together_is_said(words, options, said):
    with pytest.raises(SuiteError, match=said):
        asked(*words, **options)
