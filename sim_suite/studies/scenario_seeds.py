"""Scenarios out of all elements there are, as files to be damaged: our own as written, and one as other tools write them. Source: ours."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sim_suite.driving.storyboard.criteria import ImpactSpeed, NoCollision, ReachesGoal
from sim_suite.driving.storyboard.elements import actions as a
from sim_suite.driving.storyboard.elements import conditions as c
from sim_suite.driving.storyboard.elements import positions as p
from sim_suite.driving.storyboard.elements.entities import Entity
from sim_suite.driving.storyboard.elements.signals import SignalController, SignalPhase
from sim_suite.driving.storyboard.elements.story import (
    Act,
    Event,
    InitAction,
    Maneuver,
    ManeuverGroup,
    NamedAction,
    Story,
    Storyboard,
)
from sim_suite.driving.storyboard.elements.variables import Variable
from sim_suite.driving.storyboard.numbers import Expression, P
from sim_suite.driving.storyboard.parameters import Constraint, Parameter, choose, vary
from sim_suite.driving.storyboard.scenario import Hazard, Scenario
from sim_suite.driving.storyboard.xosc.writer import write_scenario

LANE: Final = p.LanePosition("1", -1, P.gap_m * 2 + 1, 0.5, p.Orientation(0.1))
_ROUTE: Final = p.Route("way", (p.Waypoint(LANE), p.Waypoint(p.RoadPosition("2", 5.0, -1.0), "fastest")))
_CURVE: Final = p.Nurbs(3, (p.ControlPoint(LANE), p.ControlPoint(LANE, 2.0, 1.0)), (0.0, 0.0, 1.0, 1.0))
_SPLINE: Final = p.ClothoidSpline((p.ClothoidSegment(0.0, 0.1, 20.0, position=LANE), p.ClothoidSegment(0.1, 0.0, 9.0)))
_LINE: Final = p.Polyline((p.Vertex(LANE, 0.0), p.Vertex(p.WorldPosition(1.0, 2.0, 3.0), 1.5)))
POSITIONS: Final[tuple[p.Position, ...]] = (
    LANE,
    p.WorldPosition(1.5, -2.0, 0.5),
    p.RoadPosition("2", 5.0, -1.0),
    p.RelativeWorldPosition("ego", 1.0, 2.0),
    p.RelativeObjectPosition("ego", 1.0, 2.0),
    p.RelativeRoadPosition("ego", 1.0, 2.0),
    p.RelativeLanePosition("ego", 1, P.gap_m, 0.25),
    p.RoutePosition(_ROUTE, 4.0, -1),
    p.TrajectoryPosition(p.Trajectory("line", _LINE), 2.0),
)
ACTIONS: Final[tuple[a.Action, ...]] = (
    *(a.TeleportAction(position) for position in POSITIONS),
    a.SpeedAction(a.AbsoluteTargetSpeed(P.speed / 3.6), a.TransitionDynamics("linear", "rate", 2.0)),
    a.SpeedAction(a.RelativeTargetSpeed("ego", 1.2, "factor", True)),
    a.SpeedProfileAction((a.SpeedProfileEntry(3.0), a.SpeedProfileEntry(0.0, 2.0)), "ego", a.DynamicConstraints(1.0)),
    a.LongitudinalDistanceAction("ego", 10.0, None, True, True),
    a.LaneChangeAction(a.RelativeTargetLane("ego", 1), a.TransitionDynamics("sinusoidal", "time", 3.0), 0.1),
    a.LaneOffsetAction(a.AbsoluteTargetLaneOffset(0.5), "cubic", 1.0, True),
    a.LateralDistanceAction("ego", 1.0),
    a.FollowTrajectoryAction(p.Trajectory("curve", _CURVE, True), a.Timing("absolute", 2.0, 1.0), "follow", 3.0),
    a.FollowTrajectoryAction(p.Trajectory("spline", _SPLINE)),
    a.FollowTrajectoryAction(p.Trajectory("clothoid", p.Clothoid(LANE, 0.1, -0.01, 20.0))),
    a.AssignRouteAction(_ROUTE),
    a.AcquirePositionAction(LANE),
    a.SynchronizeAction("ego", LANE, LANE, a.RelativeTargetSpeed("ego", 2.0)),
    a.AddEntityAction("other", LANE),
    a.DeleteEntityAction("other"),
    a.VariableAction("count", 2.0, "multiply"),
    a.EnvironmentAction(0.5, 80.0),
    a.TrafficSignalStateAction("7", "green"),
    a.TrafficSignalControllerAction("lights", "go"),
    a.RecordedAction("LightStateAction", '<LightStateAction><LightType/><LightState mode="on"/></LightStateAction>'),
)
BY_VALUE: Final[tuple[c.ValueCondition, ...]] = (
    c.SimulationTimeCondition(P.delay + Expression("max", (0.5, -P.delay))),
    c.StoryboardElementStateCondition("event 0", "completeState"),
    c.ParameterCondition("gap_m", 3.0, "lessThan"),
    c.VariableCondition("word", "open"),
    c.TrafficSignalCondition("7", "red"),
    c.TrafficSignalControllerCondition("lights", "go"),
)
BY_ENTITY: Final[tuple[c.EntityCondition, ...]] = (
    c.EndOfRoadCondition(1.0),
    c.CollisionCondition("ego"),
    c.CollisionCondition(None, "pedestrian"),
    c.OffroadCondition(1.0),
    c.TimeHeadwayCondition("ego", 1.0, "lessThan", True, "road", "longitudinal"),
    c.TimeToCollisionCondition(LANE, 1.0, "lessThan"),
    c.TimeToCollisionCondition("ego", 1.0, "lessThan"),
    c.AccelerationCondition(1.0, "greaterThan", "lateral"),
    c.StandStillCondition(1.0),
    c.SpeedCondition(1.0, "equalTo"),
    c.RelativeSpeedCondition("ego", 0.0, "lessThan"),
    c.TraveledDistanceCondition(100.0),
    c.ReachPositionCondition(LANE, 2.0),
    c.DistanceCondition(LANE, 2.0, "lessOrEqual"),
    c.RelativeDistanceCondition("ego", 2.0, "lessOrEqual", "lateral"),
    c.RelativeClearanceCondition(10.0, 5.0, True, False, ((-1, 1),), ("ego",)),
    c.AngleCondition(0.5, 0.1),
    c.RelativeAngleCondition("ego", 0.5, 0.1),
)


def everything(road: Path) -> Scenario:
    """A scenario with each element of the model once or more."""
    conditions = (
        *(c.Condition(of, name=type(of).__name__) for of in BY_VALUE),
        *(c.Condition(of, ("other",), True, 0.5, "rising") for of in BY_ENTITY),
    )
    events = tuple(
        Event(
            f"event {k}",
            (NamedAction(f"action {k}", action),),
            c.Trigger((c.ConditionGroup((conditions[k % len(conditions)],)),)),
        )
        for k, action in enumerate(ACTIONS)
    )
    group = ManeuverGroup("group", ("other",), (Maneuver("maneuver", events),))
    stop = c.Trigger((c.ConditionGroup((conditions[0],)),))
    init = (
        InitAction("", a.EnvironmentAction(0.9)),
        InitAction("ego", a.TeleportAction(LANE)),
        InitAction("other", a.TeleportAction(POSITIONS[6])),
    )
    return Scenario(
        name="everything",
        map=str(road),
        entities=(
            Entity("ego"),
            Entity("other", "truck", 7.0, 2.4, 1.0),
            Entity("walker", "pedestrian"),
            Entity("tree", "tree"),
        ),
        storyboard=Storyboard(init, (Story("story", (Act("act", (group,), stop, stop),)),), stop),
        criteria=(NoCollision(), ImpactSpeed(P.speed * 0.5), ReachesGoal()),
        goal=LANE,
        set_speed=P.speed,
        parameters=(
            vary("gap_m", 5, 60, usual=30, unit="m"),
            choose("speed", 30, 50, 70, unit="km/h"),
            vary("delay", 0, 2, usual=1, step=0.5),
            Parameter("word", "closed", type="string"),
        ),
        constraints=(Constraint(P.gap_m, "greaterThan", 1.0), Constraint(P.delay, "lessThan", P.speed)),
        signal_controllers=(SignalController("lights", (SignalPhase("go", 5.0, (("7", "green"),)),), 1.0),),
        variables=(Variable("count", 1.0), Variable("word", "open")),
        hazard=Hazard(stop, "no_collision", actor="other"),
    )


FOREIGN: Final = """<?xml version="1.0" encoding="utf-8"?>
<OpenSCENARIO>
  <FileHeader revMajor="1" revMinor="0" date="2020-01-01T00:00:00" description="As other tools write" author="nobody"/>
  <ParameterDeclarations>
    <ParameterDeclaration name="kind" parameterType="string" value="van_of"/>
    <ParameterDeclaration name="speed" parameterType="double" value="${10 * 3}">
      <ConstraintGroup>
        <ValueConstraint rule="greaterThan" value="1"/><ValueConstraint rule="lessThan" value="60"/>
      </ConstraintGroup>
    </ParameterDeclaration>
  </ParameterDeclarations>
  <CatalogLocations><VehicleCatalog><Directory path="elsewhere"/></VehicleCatalog></CatalogLocations>
  <RoadNetwork><LogicFile filepath="road.xodr"/></RoadNetwork>
  <Entities>
    <ScenarioObject name="hero">
      <CatalogReference catalogName="vehicles" entryName="$kind">
        <ParameterAssignments><ParameterAssignment parameterRef="wide" value="${$speed / 15}"/></ParameterAssignments>
      </CatalogReference>
      <ObjectController><Controller name="c"><Properties><Property name="module" value="x"/></Properties></Controller></ObjectController>
    </ScenarioObject>
    <EntitySelection name="all"><Members><ByType objectType="vehicle"/></Members></EntitySelection>
  </Entities>
  <Storyboard>
    <Init><Actions><Private entityRef="all">
      <PrivateAction><TeleportAction><Position><LanePosition roadId="1" laneId="-1" s="$speed"/></Position></TeleportAction></PrivateAction>
      <PrivateAction><ControllerAction>
        <AssignControllerAction><Controller name="c"><Properties/></Controller></AssignControllerAction>
        <OverrideControllerValueAction><Throttle value="0" active="false"/></OverrideControllerValueAction>
      </ControllerAction></PrivateAction>
    </Private></Actions></Init>
    <Story name="s"><ParameterDeclarations><ParameterDeclaration name="who" parameterType="string" value="hero"/></ParameterDeclarations>
      <Act name="a"><ManeuverGroup name="g" maximumExecutionCount="1">
        <Actors selectTriggeringEntities="false"><EntityRef entityRef="$who"/></Actors>
        <Maneuver name="m"><Event name="e" priority="overwrite"><Action name="x"><PrivateAction><RoutingAction><FollowTrajectoryAction>
          <Trajectory name="t" closed="false"><Shape><Polyline>
            <Vertex time="0"><Position><WorldPosition x="0" y="0"/></Position></Vertex>
            <Vertex time="1"><Position><WorldPosition x="9" y="0"/></Position></Vertex>
          </Polyline></Shape></Trajectory>
          <TimeReference><None/></TimeReference><TrajectoryFollowingMode followingMode="position"/>
        </FollowTrajectoryAction></RoutingAction></PrivateAction></Action>
        <StartTrigger><ConditionGroup><Condition name="${start + _ + $speed}" delay="0" conditionEdge="none"><ByEntityCondition>
          <TriggeringEntities triggeringEntitiesRule="any"><EntityRef entityRef="all"/></TriggeringEntities>
          <EntityCondition><RelativeDistanceCondition entityRef="hero" freespace="false" relativeDistanceType="cartesianDistance"
            rule="lessThan" value="$speed"/></EntityCondition>
        </ByEntityCondition></Condition></ConditionGroup></StartTrigger></Event></Maneuver>
      </ManeuverGroup><StartTrigger/></Act></Story>
    <StopTrigger><ConditionGroup>
      <Condition name="criteria_CollisionTest" delay="0" conditionEdge="rising"><ByValueCondition>
        <ParameterCondition parameterRef="" value="" rule="lessThan"/></ByValueCondition></Condition>
      <Condition name="end" delay="0" conditionEdge="none"><ByValueCondition>
        <SimulationTimeCondition value="30" rule="greaterThan"/></ByValueCondition></Condition>
    </ConditionGroup></StopTrigger>
  </Storyboard>
</OpenSCENARIO>
"""
"""Version 1.0, with a catalog, a selection, a story's own parameters, and criteria among the conditions that stop."""
CATALOG: Final = """<?xml version="1.0" encoding="utf-8"?>
<OpenSCENARIO><FileHeader revMajor="1" revMinor="0" date="2020-01-01T00:00:00" description="" author=""/>
  <Catalog name="vehicles"><Vehicle name="van_of" vehicleCategory="van">
    <ParameterDeclarations><ParameterDeclaration name="wide" parameterType="double" value="2"/></ParameterDeclarations>
    <BoundingBox><Center x="1" y="0" z="0.8"/><Dimensions length="5" width="$wide" height="2"/></BoundingBox>
    <Performance maxSpeed="INF" maxAcceleration="5" maxDeceleration="9"/>
    <Axles><RearAxle maxSteering="0" wheelDiameter="1" trackWidth="1" positionX="0" positionZ="0"/></Axles>
    <Properties><Property name="colour" value="red"/><File filepath="x"/></Properties>
  </Vehicle></Catalog>
</OpenSCENARIO>
"""
VARIED: Final = """<?xml version="1.0" encoding="utf-8"?>
<OpenSCENARIO><FileHeader revMajor="1" revMinor="2" date="2020-01-01T00:00:00" description="" author=""/>
  <ParameterValueDistribution><ScenarioFile filepath="foreign.xosc"/>
    <Stochastic numberOfTestRuns="9" randomSeed="1"><StochasticDistribution parameterName="speed">
      <NormalDistribution expectedValue="30" variance="9"><Range lowerLimit="20" upperLimit="40"/></NormalDistribution>
    </StochasticDistribution></Stochastic>
  </ParameterValueDistribution>
</OpenSCENARIO>
"""


def write_seeds(folder: Path) -> list[Path]:
    """The files to be damaged, written into a folder together with what they refer to."""
    (folder / "Catalogs" / "Vehicles").mkdir(parents=True)
    (folder / "Catalogs" / "Vehicles" / "vehicles.xosc").write_text(CATALOG, encoding="utf-8")
    road = folder / "road.xodr"
    road.write_text("<OpenDRIVE/>", encoding="utf-8")
    for name, text in (("foreign", FOREIGN), ("varied", VARIED)):
        (folder / f"{name}.xosc").write_text(text, encoding="utf-8")
    return [write_scenario(everything(road), folder), folder / "foreign.xosc", folder / "varied.xosc"]
