"""Scenarios out: where the files go, what stands in them, and what cannot be said."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from sim_suite.driving.storyboard.criteria import ImpactSpeed, NoCollision
from sim_suite.driving.storyboard.elements import actions as a
from sim_suite.driving.storyboard.elements import conditions as c
from sim_suite.driving.storyboard.elements.entities import Entity
from sim_suite.driving.storyboard.elements.positions import LanePosition, Route, Waypoint
from sim_suite.driving.storyboard.elements.story import InitAction, Storyboard
from sim_suite.driving.storyboard.numbers import P, parameter
from sim_suite.driving.storyboard.parameters import Constraint, Parameter, vary
from sim_suite.driving.storyboard.scenario import Scenario
from sim_suite.driving.storyboard.xosc.reader import read_scenario
from sim_suite.driving.storyboard.xosc.writer import differences, to_xml, write_scenario
from sim_suite.errors import SuiteError


@pytest.fixture
def plain(tmp_path):
    road = tmp_path / "maps" / "road.xodr"
    road.parent.mkdir()
    road.write_text("<OpenDRIVE/>")
    return Scenario("two cars", str(road), (Entity("ego"), Entity("b", "bus")), Storyboard(), (NoCollision(),))


def with_init(scenario, *actions):
    return replace(scenario, storyboard=Storyboard(tuple(InitAction(*one) for one in actions)))


def test_the_file_is_named_after_the_scenario_or_as_told(plain, tmp_path):
    assert write_scenario(plain, tmp_path / "out") == tmp_path / "out" / "two_cars.xosc"
    assert write_scenario(plain, tmp_path / "out" / "x.xosc") == tmp_path / "out" / "x.xosc"
    assert (tmp_path / "out" / "road.xodr").read_text() == "<OpenDRIVE/>"
    assert read_scenario(tmp_path / "out" / "x.xosc").name == "two cars"


def test_another_map_of_the_same_name_is_left_alone(plain, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "road.xodr").write_text("other")
    with pytest.raises(SuiteError, match=r"road.xodr is there and is another map. Write to another folder"):
        write_scenario(plain, tmp_path / "out")
    assert list((tmp_path / "out").glob("*.xosc")) == []


def test_the_parts_stand_in_the_order_of_the_standard(plain, tmp_path):
    scenario = replace(
        plain, parameters=(vary("kmh", 10, 50, usual=30),), constraints=(Constraint(P.kmh, "lessThan", 99),)
    )
    root = ElementTree.fromstring(to_xml(scenario, tmp_path / "road.xodr"))
    assert [one.tag for one in root] == [
        "FileHeader", "ParameterDeclarations", "CatalogLocations", "RoadNetwork", "Entities", "Storyboard",
    ]  # fmt: skip
    header = root[0].attrib
    assert (header["revMajor"], header["revMinor"], header["author"]) == ("1", "3", "sim-suite")
    constraint = root.find("ParameterDeclarations/ParameterDeclaration/ConstraintGroup/ValueConstraint")
    assert constraint is not None
    assert constraint.attrib == {"rule": "lessThan", "value": "99"}
    assert root.find("RoadNetwork/LogicFile").attrib == {"filepath": "road.xodr"}  # type: ignore[union-attr]
    vehicle = root.find("Entities/ScenarioObject[@name='b']/Vehicle")
    assert vehicle is not None
    assert vehicle.attrib == {"name": "b", "vehicleCategory": "bus"}
    assert [one.tag for one in vehicle] == ["BoundingBox", "Performance", "Axles", "Properties"]
    assert vehicle.find("BoundingBox/Dimensions").attrib["length"] == "8.6"  # type: ignore[union-attr]


def test_what_has_no_place_stands_in_properties_of_the_ego(plain, tmp_path):
    scenario = replace(
        plain, criteria=(ImpactSpeed(P.kmh / 3.6),), parameters=(Parameter("kmh", 30.0),), set_speed=P.kmh
    )
    root = ElementTree.fromstring(to_xml(scenario, tmp_path / "road.xodr"))
    found = {
        one.attrib["name"]: one.attrib["value"] for one in root.iterfind(".//ScenarioObject[@name='ego']//Property")
    }
    assert found["sim_suite.criteria"] == '[{"is": "impact_speed", "at_most": "${$kmh / 3.6}"}]'
    assert found["sim_suite.set_speed"] == '"$kmh"'
    assert found["sim_suite.usual"] == "length width"
    assert found["sim_suite.goal"] == "null"


PLACE = LanePosition("1", -1, 5.0)
BAD = {
    "a name that XML cannot hold": (lambda one: replace(one, summary="\x00"), "Take out the character"),
    "a parameter's name": (
        lambda one: replace(one, parameters=(Parameter("a b", 1.0),)),
        "the parameter 'a b' cannot be written: names are letters, digits and _",
    ),
    "a name in an expression": (
        lambda one: replace(one, parameters=(Parameter("a b", 1.0),), set_speed=parameter("a b")),
        "names are letters",
    ),
    "a value of another type": (
        lambda one: replace(one, parameters=(Parameter("a", "x"),)),
        "of type double, and its value is 'x'",
    ),
    "an infinite number": (lambda one: replace(one, limit_s=float("inf")), "limit_s cannot be written|Out of range"),
    "an infinite place": (
        lambda one: with_init(one, ("ego", a.TeleportAction(LanePosition("1", -1, float("nan"))))),
        "<LanePosition>, s: nan cannot be written",
    ),
    "half a lane": (
        lambda one: with_init(one, ("ego", a.TeleportAction(LanePosition("1", -1.5, 0.0)))),
        "lanes have whole numbers",
    ),
    "the world after the ego": (
        lambda one: with_init(one, ("ego", a.TeleportAction(PLACE)), ("", a.DeleteEntityAction("b"))),
        "actions of the world come before those of entities",
    ),
    "an action of nobody": (lambda one: with_init(one, ("", a.TeleportAction(PLACE))), "has the wrong addressee"),
    "a route of one place": (
        lambda one: with_init(one, ("ego", a.AssignRouteAction(Route("r", (Waypoint(PLACE),))))),
        "<Route> needs 2 or more <Waypoint>, and there are 1",
    ),
    "a stop at once": (
        lambda one: replace(one, storyboard=Storyboard(stop=c.Trigger())),
        "a stop trigger without conditions never stops anything",
    ),
    "a property of ours": (
        lambda one: replace(one, entities=(Entity("ego", properties={"sim_suite.x": "1"}),)),
        "has a name that is the suite's own",
    ),
    "a broken constraint": (
        lambda one: replace(one, parameters=(Parameter("a", 1.0),), constraints=(Constraint(P.a, "greaterThan", 2.0),)),
        "would not be read back, .*breaks its constraints",
    ),
    "no number": (
        lambda one: replace(one, parameters=(Parameter("a", 0.0),), limit_s=P.a / P.a),
        "is nan with the declared values",
    ),
    "a collision with everything": (
        lambda one: replace(
            one,
            storyboard=Storyboard(stop=c.Trigger((c.ConditionGroup((c.Condition(c.CollisionCondition(), ("b",)),)),))),
        ),
        "must name an entity or a kind",
    ),
    "a word that reads as a number": (
        lambda one: replace(
            one,
            storyboard=Storyboard(stop=c.Trigger((c.ConditionGroup((c.Condition(c.VariableCondition("x", "5")),)),))),
        ),
        r"scenario.storyboard.stop.groups\[0\].conditions\[0\].of.value would be read back as 5.0, and is '5'",
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_what_openscenario_cannot_say_is_refused_by_name(plain, tmp_path, what):
    change, message = BAD[what]
    with pytest.raises(SuiteError, match=message) as caught:
        write_scenario(change(plain), tmp_path / "out")
    assert str(caught.value).startswith("scenario 'two cars' cannot be written")
    assert not (tmp_path / "out").exists()


def test_differences_are_named_by_their_fields():
    one, other = LanePosition("1", -1, 5.0), LanePosition("1", -2, 5.0)
    assert list(differences(Waypoint(one), Waypoint(one))) == []
    assert list(differences((Waypoint(one),), (Waypoint(other),))) == [("scenario[0].position.lane_id", -1, -2)]


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("criteria", "[", "the property sim_suite.criteria cannot be read"),
        ("criteria", '[{"is": "luck"}]', "unknown criterion 'luck'"),
        ("criteria", '[{"is": "impact_speed"}]', "sim_suite.criteria cannot be read: .*at_most"),
        ("criteria", "{}", "is not a list"),
        ("limit_s", '"x"', "'x' is not a finite number"),
        ("limit_s", "NaN", "NaN is not a finite number"),
        ("limit_s", "true", "True is not a number"),
        ("model", '"flying"', "unknown model 'flying'"),
        ("goal", '"<Position/>"', "must hold one element"),
        ("goal", '"<"', "is no element of XML"),
        ("notes", "[1]", "1 is not a text"),
        ("mood", "1", "unknown property 'sim_suite.mood'"),
        ("constraints", '[[1, "under", 2]]', "unknown rule 'under'"),
        (
            "hazard",
            '{"begins": "<StartTrigger/>", "criterion": "luck", "avoidable": "simulated"}',
            "unknown criterion of scenario",
        ),
        ("hazard", '{"criterion": "luck"}', "begins, criterion and avoidable are needed"),
        ("parameters", '{"kmh": {"distribution": {"is": "Uniform", "low": 1}}}', "Uniform needs high"),
        ("parameters", '{"kmh": {"distribution": {"is": "Dice"}}}', "unknown distribution"),
        ("parameters", '{"kmh": {"distribution": {"is": "Uniform", "low": "a", "high": 2}}}', "cannot be read"),
    ],
)
def test_properties_that_were_spoilt_are_named(plain, tmp_path, name, value, message):
    file = write_scenario(replace(plain, parameters=(Parameter("kmh", 30.0),)), tmp_path / "out")
    root = ElementTree.parse(file)
    block = root.find(".//ScenarioObject[@name='ego']//Properties")
    assert block is not None
    for one in block.findall("Property"):
        if one.attrib["name"] == f"sim_suite.{name}":
            block.remove(one)
    ElementTree.SubElement(block, "Property", name=f"sim_suite.{name}", value=value)
    root.write(file)
    with pytest.raises(SuiteError, match=message):
        read_scenario(file)
