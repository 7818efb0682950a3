"""Small OpenSCENARIO files as text, for tests."""

from __future__ import annotations

from pathlib import Path

from sim_suite.driving.documents.xml import Node
from sim_suite.driving.storyboard.numbers import parameter
from sim_suite.driving.storyboard.xosc.canonical import from_canonical
from sim_suite.driving.storyboard.xosc.reading.context import Context
from sim_suite.driving.storyboard.xosc.reading.scope import Binding, Scope

LANE = '<Position><LanePosition roadId="1" laneId="-1" s="5"/></Position>'
CAR = '<Vehicle name="c" vehicleCategory="car"/>'


def node(xml: str) -> Node:
    return from_canonical(xml)


def context(minor: int = 3) -> Context:
    """One in which $v is a number that varies (20 at first), $word a word and $on a flag."""
    bindings = {"v": Binding("20", parameter("v"), True), "word": Binding("hero"), "on": Binding("true", 1.0)}
    return Context("file.xosc", minor, Scope(bindings, {"v": 20.0}))


def scenario(
    *,
    entities: str = f'<ScenarioObject name="Ego">{CAR}</ScenarioObject>',
    parameters: str = "",
    init: str = "",
    stories: str = "",
    stop: str = "<StopTrigger/>",
    road: str = '<LogicFile filepath="road.xodr"/>',
    catalogs: str = "",
    minor: int | str = 1,
    more: str = "",
) -> str:
    """A file of OpenSCENARIO out of its parts."""
    return f"""<?xml version="1.0" encoding="utf-8"?>
<OpenSCENARIO>
<FileHeader revMajor="1" revMinor="{minor}" date="2020-01-01T00:00:00" description="A test" author="tester"/>
<ParameterDeclarations>{parameters}</ParameterDeclarations>{more}
<CatalogLocations>{catalogs}</CatalogLocations>
<RoadNetwork>{road}</RoadNetwork>
<Entities>{entities}</Entities>
<Storyboard><Init><Actions>{init}</Actions></Init>{stories}{stop}</Storyboard>
</OpenSCENARIO>
"""


def written(folder: Path, text: str, name: str = "test.xosc") -> Path:
    """The file, with a road file beside it."""
    (folder / "road.xodr").write_text("<OpenDRIVE/>")
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def story(action: str, start: str = "", actor: str = "Ego", declared: str = "") -> str:
    """A story of one event."""
    return f"""<Story name="s"><ParameterDeclarations>{declared}</ParameterDeclarations><Act name="a">
<ManeuverGroup name="g" maximumExecutionCount="1">
<Actors selectTriggeringEntities="false"><EntityRef entityRef="{actor}"/></Actors>
<Maneuver name="m"><Event name="e" priority="parallel"><Action name="x">{action}</Action>{start}</Event></Maneuver>
</ManeuverGroup></Act></Story>"""


def by_time(seconds: str, name: str = "t") -> str:
    """A condition by time, in a group."""
    return f"""<ConditionGroup><Condition name="{name}" delay="0" conditionEdge="none"><ByValueCondition>
<SimulationTimeCondition value="{seconds}" rule="greaterThan"/></ByValueCondition></Condition></ConditionGroup>"""
