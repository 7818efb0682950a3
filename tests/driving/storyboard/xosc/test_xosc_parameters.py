"""Parameters: numbers stay expressions, words are put in, settings count, constraints hold; variables."""

from __future__ import annotations

import pytest

from sim_suite.driving.storyboard.distributions import Uniform
from sim_suite.driving.storyboard.elements.actions import AbsoluteTargetSpeed, SpeedAction, TeleportAction
from sim_suite.driving.storyboard.elements.positions import LanePosition
from sim_suite.driving.storyboard.elements.variables import Variable
from sim_suite.driving.storyboard.numbers import P
from sim_suite.driving.storyboard.parameters import Constraint, Parameter
from sim_suite.driving.storyboard.xosc.errors import ScenarioFileError
from sim_suite.driving.storyboard.xosc.reader import read_scenario
from sim_suite.errors import SuiteError, UnknownNameError
from tests.driving.storyboard.xosc.samples import scenario, story, written


def declared(name: str, kind: str, value: str, inner: str = "") -> str:
    return f'<ParameterDeclaration name="{name}" parameterType="{kind}" value="{value}">{inner}</ParameterDeclaration>'


def constraints(*pairs: tuple[str, str]) -> str:
    inner = "".join(f'<ValueConstraint rule="{rule}" value="{value}"/>' for rule, value in pairs)
    return f"<ConstraintGroup>{inner}</ConstraintGroup>"


def speed_of(value: str) -> str:
    return f"""<PrivateAction><LongitudinalAction><SpeedAction>
<SpeedActionDynamics dynamicsShape="step" dynamicsDimension="time" value="0"/>
<SpeedActionTarget><AbsoluteTargetSpeed value="{value}"/></SpeedActionTarget></SpeedAction></LongitudinalAction></PrivateAction>"""


WORDS = declared("who", "string", "Ego") + declared("copy", "string", "$who") + declared("on", "boolean", "1")
NUMBERS = (
    declared("kmh", "double", "${100 - 1}")
    + declared("count", "integer", "3")
    + declared("half", "double", "${$kmh / 2}")
)
ALL = WORDS + NUMBERS


def test_declarations_become_parameters_and_each_may_use_those_before(tmp_path):
    read = read_scenario(written(tmp_path, scenario(parameters=ALL)))
    assert read.parameters == (
        Parameter("who", "Ego", type="string"),
        Parameter("copy", "Ego", type="string"),
        Parameter("on", True, type="boolean"),
        Parameter("kmh", 99.0),
        Parameter("count", 3.0, type="integer"),
        Parameter("half", 49.5),
    )


def test_numbers_stay_expressions_and_words_are_put_in(tmp_path):
    text = scenario(parameters=ALL, stories=story(speed_of("${$kmh / 3.6}"), actor="$copy"))
    read = read_scenario(written(tmp_path, text))
    [(group, event)] = read.storyboard.events()
    assert group.actors == ("Ego",)
    assert event.actions[0].action == SpeedAction(AbsoluteTargetSpeed(P.kmh / 3.6))


def test_settings_count_in_place_of_declared_values(tmp_path):
    file = written(tmp_path, scenario(parameters=ALL))
    read = read_scenario(file, {"kmh": "50", "who": "$odd", "on": "false"})
    assert [one.value for one in read.parameters] == ["$odd", "$odd", False, 50.0, 3.0, 25.0]
    with pytest.raises(UnknownNameError, match=r"unknown parameter of .* 'kmhh'. Did you mean 'kmh'"):
        read_scenario(file, {"kmhh": "1"})
    with pytest.raises(ScenarioFileError, match="'fast' is not a finite number"):
        read_scenario(file, {"kmh": "fast"})
    with pytest.raises(ScenarioFileError, match=r"'1\.5' is not a whole number"):
        read_scenario(file, {"count": "1.5"})


def test_parameters_of_a_story_are_made_of_those_around(tmp_path):
    inner = declared("own", "double", "${$kmh + 1}") + declared("actor", "string", "$who")
    text = scenario(parameters=ALL, stories=story(speed_of("${$own * 2}"), actor="$actor", declared=inner))
    [(group, event)] = read_scenario(written(tmp_path, text)).storyboard.events()
    assert group.actors == ("Ego",)
    assert event.actions[0].action == SpeedAction(AbsoluteTargetSpeed((P.kmh + 1.0) * 2.0))


def test_a_number_where_a_word_must_be_is_fixed_and_that_is_said(tmp_path):
    init = """<Private entityRef="Ego"><PrivateAction><TeleportAction><Position>
    <LanePosition roadId="$count" laneId="$count" s="0"/></Position></TeleportAction></PrivateAction></Private>"""
    read = read_scenario(written(tmp_path, scenario(parameters=ALL, init=init)))
    assert read.storyboard.init[0].action == TeleportAction(LanePosition("3", P.count, 0.0))
    assert any("$count in roadId of <LanePosition> must be the same" in note for note in read.notes)


def test_words_in_an_expression_are_joined_where_a_word_is_wanted(tmp_path):
    text = scenario(parameters=ALL, stories=story(speed_of("1")).replace('name="x"', 'name="${a + _ + $count}"'))
    [(_, event)] = read_scenario(written(tmp_path, text)).storyboard.events()
    assert event.actions[0].name == "a_3"


def test_a_word_may_begin_with_a_dollar(tmp_path):
    text = scenario(stories=story(speed_of("1")).replace('name="x"', r'name="\$x"'))
    [(_, event)] = read_scenario(written(tmp_path, text)).storyboard.events()
    assert event.actions[0].name == "$x"


def test_constraints_are_kept_and_two_bounds_are_a_range(tmp_path):
    bounds = constraints(("greaterThan", "10"), ("lessOrEqual", "${10 * 12}"))
    read = read_scenario(written(tmp_path, scenario(parameters=declared("kmh", "double", "50", bounds))))
    assert read.constraints[0] == Constraint(P.kmh, "greaterThan", 10.0)
    assert [one.rule for one in read.constraints] == ["greaterThan", "lessOrEqual"]
    one_bound = scenario(parameters=declared("kmh", "double", "50", constraints(("greaterThan", "10"))))
    assert read_scenario(written(tmp_path, one_bound)).parameters[0].distribution is None
    two = constraints(("greaterThan", "10"), ("lessOrEqual", "90"))
    read = read_scenario(written(tmp_path, scenario(parameters=declared("kmh", "double", "50", two))))
    assert read.parameters[0].distribution == Uniform(10.0, 90.0)


def test_the_value_in_use_must_keep_to_a_group_of_constraints(tmp_path):
    groups = constraints(("lessThan", "10")) + constraints(("greaterThan", "90"))
    file = written(tmp_path, scenario(parameters=declared("kmh", "double", "95", groups)))
    read = read_scenario(file)
    assert read.constraints == ()
    assert "the constraint groups of kmh are held to its declared value only" in read.notes
    with pytest.raises(ScenarioFileError, match="line 4, <ParameterDeclaration>: kmh = 50 breaks its constraints"):
        read_scenario(file, {"kmh": "50"})


def test_variables_are_read_with_their_values(tmp_path):
    more = """<VariableDeclarations><VariableDeclaration name="open" variableType="boolean" value="true"/>
    <VariableDeclaration name="word" variableType="string" value="5"/><VariableDeclaration name="n" variableType="int" value="2"/>
    </VariableDeclarations><MonitorDeclarations><MonitorDeclaration name="m" value="true"/></MonitorDeclarations>"""
    read = read_scenario(written(tmp_path, scenario(more=more, minor=3)))
    assert read.variables == (Variable("open", 1.0), Variable("word", "5"), Variable("n", 2.0))


@pytest.mark.parametrize(
    ("block", "message"),
    [
        (declared("a b", "double", "1"), "line 4, .*'a b' is no name for a parameter"),
        (declared("a", "float", "1"), "the type 'float' is none of double"),
        (declared("a", "double", "x"), "'x' is not a finite number"),
        (declared("a", "double", "$later") + declared("later", "double", "1"), "unknown parameter 'later'"),
        (declared("a", "boolean", "yes"), "'yes' is neither true nor false"),
        (declared("a", "double", "${1 / 0}"), "is inf with the declared values"),
        (declared("a", "double", "${(not 1) - (not 1)}"), "cannot be computed"),
        (declared("a", "double", "1") * 2, "two parameters named 'a'"),
        (declared("a", "double", "1", constraints(("under", "2"))), "a constraint needs a rule"),
        ("<Odd/>", "<Odd>: not supported in <ParameterDeclarations>"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, block, message):
    with pytest.raises(SuiteError, match=message):
        read_scenario(written(tmp_path, scenario(parameters=block)))


def test_parameters_that_double_without_end_are_refused(tmp_path):
    inner = declared("a0", "double", "$kmh")
    inner += "".join(declared(f"a{k}", "double", f"${{$a{k - 1} + $a{k - 1}}}") for k in range(1, 40))
    text = scenario(parameters=ALL, stories=story(speed_of("$a39"), declared=inner))
    with pytest.raises(ScenarioFileError, match="more than 1000 parts"):
        read_scenario(written(tmp_path, text))


def test_a_word_that_is_a_number_may_be_the_id_of_a_lane(tmp_path):
    init = """<Private entityRef="Ego"><PrivateAction><TeleportAction><Position>
    <LanePosition roadId="1" laneId="$lane" s="0"/></Position></TeleportAction></PrivateAction></Private>"""
    read = read_scenario(written(tmp_path, scenario(parameters=declared("lane", "string", "-4"), init=init)))
    assert read.storyboard.init[0].action == TeleportAction(LanePosition("1", -4.0, 0.0))


def test_a_chain_of_sums_that_nests_too_deep_is_refused(tmp_path):
    for count, good in ((100, True), (130, False)):
        text = scenario(parameters=declared("a", "double", f"${{1{'+1' * count}}}"))
        if good:
            assert read_scenario(written(tmp_path, text)).parameter("a").value == count + 1
        else:
            with pytest.raises(ScenarioFileError, match="nests deeper than 120"):
                read_scenario(written(tmp_path, text))
