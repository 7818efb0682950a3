"""Catalogs: entries by name with their parameters, folders that are elsewhere, and references that lead nowhere or in circles."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim_suite.driving.storyboard.elements.actions import AssignRouteAction, EnvironmentAction, FollowTrajectoryAction
from sim_suite.driving.storyboard.elements.entities import Entity
from sim_suite.driving.storyboard.elements.positions import LanePosition
from sim_suite.driving.storyboard.numbers import P, value_of
from sim_suite.driving.storyboard.xosc.errors import ScenarioFileError
from sim_suite.driving.storyboard.xosc.reader import read_scenario
from tests.driving.storyboard.xosc.samples import CAR, LANE, by_time, scenario, written

HEAD = '<FileHeader revMajor="1" revMinor="2" date="2020-01-01T00:00:00" description="" author=""/>'
DECLARED = (
    '<ParameterDeclarations><ParameterDeclaration name="far" parameterType="double" value="7"/></ParameterDeclarations>'
)
VEHICLE = """<Vehicle name="van" vehicleCategory="van"><ParameterDeclarations>
<ParameterDeclaration name="long" parameterType="double" value="5"/><ParameterDeclaration name="hue" parameterType="string" value="red"/>
</ParameterDeclarations><BoundingBox><Center x="1.5" y="0" z="1"/><Dimensions length="$long" width="${$long / 2}" height="2"/></BoundingBox>
<Performance maxSpeed="70" maxAcceleration="5" maxDeceleration="9"/><Axles/><Trailer><TrailerRef entityRef=""/></Trailer>
<Properties><Property name="colour" value="$hue"/><File filepath="x.osgb"/></Properties></Vehicle>"""
ROUTE = f"""<Route name="way" closed="false">{DECLARED}<Waypoint routeStrategy="shortest">{LANE}</Waypoint>
<Waypoint routeStrategy="shortest"><Position><LanePosition roadId="2" laneId="1" s="$far"/></Position></Waypoint></Route>"""


def catalog(folder: Path, name: str, entries: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    text = f'<OpenSCENARIO>\n{HEAD}\n<Catalog name="{name}">\n{entries}\n</Catalog></OpenSCENARIO>'
    (folder / f"{name}.xosc").write_text(text)


def location(kind: str, path: str) -> str:
    return f'<{kind}Catalog><Directory path="{path}"/></{kind}Catalog>'


def reference(name: str, entry: str, **given: str) -> str:
    inner = "".join(f'<ParameterAssignment parameterRef="{key}" value="{text}"/>' for key, text in given.items())
    inner = f"<ParameterAssignments>{inner}</ParameterAssignments>" if given else ""
    return f'<CatalogReference catalogName="{name}" entryName="{entry}">{inner}</CatalogReference>'


def car_from(inner: str) -> str:
    return f'<ScenarioObject name="Ego">{inner}</ScenarioObject>'


def private(action: str) -> str:
    return f'<Private entityRef="Ego"><PrivateAction><RoutingAction>{action}</RoutingAction></PrivateAction></Private>'


KMH = '<ParameterDeclaration name="kmh" parameterType="double" value="30"/>'


def test_a_vehicle_of_a_catalog_with_assigned_parameters(tmp_path):
    catalog(tmp_path / "cars", "cars", VEHICLE)
    entities = car_from(reference("cars", "van", long="$kmh", hue="blue"))
    text = scenario(entities=entities, parameters=KMH, catalogs=location("Vehicle", "cars"))
    read = read_scenario(written(tmp_path, text))
    assert read.entities == (Entity("Ego", "van", P.kmh, P.kmh / 2.0, 1.5, {"colour": "blue"}),)
    plain = scenario(entities=car_from(reference("cars", "van")), catalogs=location("Vehicle", "cars"))
    [entity] = read_scenario(written(tmp_path, plain)).entities
    assert (entity.length, value_of(entity.width, {}), entity.properties) == (5.0, 2.5, {"colour": "red"})


def test_a_missing_folder_is_looked_for_beside_the_scenario(tmp_path):
    catalog(tmp_path / "Catalogs" / "Vehicles", "cars", VEHICLE)
    text = scenario(entities=car_from(reference("cars", "van")), catalogs=location("Vehicle", "../gone"))
    read = read_scenario(written(tmp_path, text))
    assert read.entities[0].category == "van"
    assert "the VehicleCatalog is not at ../gone; read from Catalogs/Vehicles" in read.notes


def test_routes_trajectories_environments_maneuvers_and_controllers(tmp_path):
    trajectory = f"""<Trajectory name="line" closed="false"><Shape><Polyline><Vertex>{LANE}</Vertex><Vertex>{LANE}</Vertex></Polyline>
    </Shape></Trajectory>"""
    catalog(
        tmp_path / "c",
        "all",
        ROUTE
        + trajectory
        + """
    <Environment name="wet"><RoadCondition frictionScaleFactor="0.4"/></Environment>
    <Controller name="driver"><Properties><Property name="type" value="ego_vehicle"/></Properties></Controller>"""
        + f"""
    <Maneuver name="slow">{DECLARED}<Event name="e" priority="override"><Action name="x"><GlobalAction><EnvironmentAction>
    {reference("all", "wet")}</EnvironmentAction></GlobalAction></Action><StartTrigger>
    {by_time("$far")}</StartTrigger></Event></Maneuver>""",
    )
    follow = f"""<FollowTrajectoryAction><TrajectoryRef>{reference("all", "line")}</TrajectoryRef><TimeReference><None/></TimeReference>
    <TrajectoryFollowingMode followingMode="position"/></FollowTrajectoryAction>"""
    route = f"<AssignRouteAction>{reference('all', 'way', far='9')}</AssignRouteAction>"
    stories = f"""<Story name="s"><Act name="a"><ManeuverGroup name="g" maximumExecutionCount="1">
    <Actors selectTriggeringEntities="false"/>{reference("all", "slow", far="4")}</ManeuverGroup></Act></Story>"""
    objects = f"""<ScenarioObject name="first">{CAR}</ScenarioObject><ScenarioObject name="second">{CAR}<ObjectController>
    {reference("all", "driver")}</ObjectController></ScenarioObject>"""
    init = (private(follow) + private(route)).replace("Ego", "second")
    text = scenario(entities=objects, init=init, stories=stories, catalogs=location("Route", "c"))
    read = read_scenario(written(tmp_path, text))
    assert read.ego == "second"
    assert isinstance(read.storyboard.init[0].action, FollowTrajectoryAction)
    assert isinstance(read.storyboard.init[1].action, AssignRouteAction)
    assert read.goal == LanePosition("2", 1.0, 9.0)
    [(_, event)] = read.storyboard.events()
    assert event.actions[0].action == EnvironmentAction(0.4, None, "wet")
    assert event.start.groups[0].conditions[0].of.value == 4.0


def test_lines_of_an_error_are_those_of_the_catalog(tmp_path):
    catalog(tmp_path / "c", "cars", '\n<Vehicle name="van" vehicleCategory="boat"/>')
    text = scenario(entities=car_from(reference("cars", "van")), catalogs=location("Vehicle", "c"))
    with pytest.raises(ScenarioFileError, match=r"cars.xosc, line 5, <Vehicle>: vehicleCategory = 'boat' is none of"):
        read_scenario(written(tmp_path, text))


@pytest.mark.parametrize(
    ("inner", "message"),
    [
        (
            reference("cars", "vam"),
            r"<CatalogReference>: unknown Vehicle or Pedestrian or MiscObject of catalog 'cars' 'vam'",
        ),
        (reference("card", "van"), "unknown catalog 'card'. Did you mean 'cars'.*Looked for it in"),
        (reference("cars", "van", wide="3"), "unknown parameter of 'van' 'wide'"),
        (reference("cars", "van", long="x"), "<ParameterDeclaration>: 'x' is not a finite number"),
        ('<CatalogReference catalogName="cars"/>', "the attribute entryName is missing"),
        ("", "it needs a Vehicle, Pedestrian, MiscObject or CatalogReference"),
        ('<ExternalObjectReference name="x"/>', "not supported: objects of the map are there already"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, inner, message):
    catalog(tmp_path / "c", "cars", VEHICLE)
    text = scenario(entities=car_from(inner), catalogs=location("Vehicle", "c"))
    with pytest.raises(ScenarioFileError, match=message):
        read_scenario(written(tmp_path, text))


def test_a_damaged_file_beside_the_catalog_is_passed_over(tmp_path):
    catalog(tmp_path / "c", "cars", VEHICLE)
    (tmp_path / "c" / "broken.xosc").write_text("<OpenSCENARIO>")
    text = scenario(entities=car_from(reference("cars", "van")), catalogs=location("Vehicle", "c"))
    assert any("passed over among the catalogs" in note for note in read_scenario(written(tmp_path, text)).notes)
    of_broken = scenario(entities=car_from(reference("broken", "van")), catalogs=location("Vehicle", "c"))
    with pytest.raises(ScenarioFileError, match=r"A file of that name cannot be read: .*not well-formed"):
        read_scenario(written(tmp_path, of_broken))


@pytest.mark.parametrize("copies", [1, 12])
def test_entries_that_refer_to_each_other_without_end_are_refused(tmp_path, copies):
    place = f"""<Position><RoutePosition><RouteRef>{reference("routes", "way")}</RouteRef><InRoutePosition>
    <FromRoadCoordinates pathS="0" t="0"/></InRoutePosition></RoutePosition></Position>"""
    point = f'<Waypoint routeStrategy="shortest">{place}</Waypoint>'
    catalog(tmp_path / "c", "routes", f'<Route name="way" closed="false">{point * (copies + 1)}</Route>')
    text = scenario(
        init=private(f"<AssignRouteAction>{reference('routes', 'way')}</AssignRouteAction>"),
        catalogs=location("Route", "c"),
    )
    with pytest.raises(ScenarioFileError, match="without end"):
        read_scenario(written(tmp_path, text))
