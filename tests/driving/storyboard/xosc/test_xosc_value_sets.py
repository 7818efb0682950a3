"""Values of several parameters at once: one more parameter chooses the set, exactly."""

from __future__ import annotations

import numpy as np
import pytest

from sim_suite.driving.storyboard.distributions import Choices
from sim_suite.driving.storyboard.elements.conditions import SimulationTimeCondition
from sim_suite.driving.storyboard.numbers import P, value_of
from sim_suite.driving.storyboard.parameters import Parameter
from sim_suite.driving.storyboard.xosc.errors import ScenarioFileError
from sim_suite.driving.storyboard.xosc.reader import read_scenario
from sim_suite.driving.storyboard.xosc.writer import to_xml
from tests.driving.storyboard.xosc.samples import by_time, scenario, written
from tests.driving.storyboard.xosc.test_xosc_distributions import varied

PARAMETERS = "".join(
    f'<ParameterDeclaration name="{name}" parameterType="{kind}" value="{value}"/>'
    for name, kind, value in (("a", "double", "1"), ("b", "double", "2"), ("c", "double", "3"), ("who", "string", "x"))
)
STOP = f"<StopTrigger>{by_time('${$a + 2 * $b + $c}')}</StopTrigger>"


def sets(*rows: dict[str, str]) -> str:
    inner = "".join(
        "<ParameterValueSet>"
        + "".join(f'<ParameterAssignment parameterRef="{name}" value="{text}"/>' for name, text in row.items())
        + "</ParameterValueSet>"
        for row in rows
    )
    wrapper = "DeterministicMultiParameterDistribution"
    return f"<Deterministic><{wrapper}><ValueSetDistribution>{inner}</ValueSetDistribution></{wrapper}></Deterministic>"


def read(folder, xml, settings=None):
    written(folder, scenario(parameters=PARAMETERS, stop=STOP), "base.xosc")
    return read_scenario(written(folder, varied(xml), "many.xosc"), settings or {})


def test_one_parameter_chooses_the_set_and_each_value_is_exact(tmp_path):
    found = read(tmp_path, sets({"a": "0.1", "b": "7"}, {"a": "30.3", "b": "-8"}, {"a": "1e7", "b": "9"}))
    assert [one.name for one in found.parameters] == ["c", "who", "value_set"]
    assert found.parameter("value_set") == Parameter("value_set", 0.0, Choices((0.0, 1.0, 2.0)))
    of = found.storyboard.stop.groups[0].conditions[0].of
    assert isinstance(of, SimulationTimeCondition)
    values = value_of(of.value, {"value_set": np.array([0.0, 1.0, 2.0]), "c": 3.0})
    np.testing.assert_array_equal(values, [0.1 + 14 + 3, 30.3 - 16 + 3, 1e7 + 18 + 3])
    assert to_xml(found, tmp_path / "road.xodr")


def test_what_is_alike_in_all_sets_counts_like_a_setting(tmp_path):
    found = read(tmp_path, sets({"a": "5", "who": "y", "c": "8"}, {"a": "6", "who": "y", "c": "8"}))
    assert (found.parameter("who").value, found.parameter("c").value) == ("y", 8.0)
    only = read(tmp_path, sets({"a": "5", "who": "y"}))
    assert [one.name for one in only.parameters] == ["a", "b", "c", "who"]
    assert only.parameter("a").value == 5.0


def test_what_is_set_stays(tmp_path):
    xml = sets({"a": "5", "b": "1", "who": "y"}, {"a": "6", "b": "2", "who": "z"})
    found = read(tmp_path, xml, {"a": "9", "who": "z"})
    assert [one.name for one in found.parameters] == ["a", "b", "c", "who"]
    values = [found.parameter(name).value for name in ("a", "b", "who")]
    assert values == [9.0, 2.0, "z"], "of the sets those count that have the word"
    assert found.storyboard.stop.groups[0].conditions[0].of.value != P.a


def test_sets_with_other_words_than_the_first_are_left_out_and_that_is_said(tmp_path):
    found = read(tmp_path, sets({"a": "1", "who": "x"}, {"a": "2", "who": "y"}, {"a": "3", "who": "x"}))
    assert found.parameter("who").value == "x"
    assert found.parameter("value_set").distribution.values == (0.0, 1.0)
    assert any("2 are used that have who x" in note for note in found.notes)


@pytest.mark.parametrize(
    ("xml", "message"),
    [
        (sets({"a": "1"}, {"b": "1"}), "sets say values of different parameters"),
        (sets(), "it has 0 sets"),
        (sets({"d": "1"}, {"d": "2"}), "unknown parameter 'd'"),
        (sets({"a": "1"}, {"a": "x"}), "a is a word"),
        (sets(*({"a": str(k)} for k in range(101))), "it has 101 sets, and may have 1 to 100"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, xml, message):
    with pytest.raises(ScenarioFileError, match=message):
        read(tmp_path, xml)
