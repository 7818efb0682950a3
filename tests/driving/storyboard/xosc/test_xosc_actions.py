"""Each action as it stands in a file."""

from __future__ import annotations

import pytest

from sim_suite.driving.storyboard.elements import actions as a
from sim_suite.driving.storyboard.elements.positions import (
    LanePosition,
    Polyline,
    Route,
    Trajectory,
    Vertex,
    Waypoint,
    WorldPosition,
)
from sim_suite.driving.storyboard.numbers import P
from sim_suite.driving.storyboard.xosc.errors import ScenarioFileError
from sim_suite.driving.storyboard.xosc.tables.dispatch import RECORDED, REFUSED, action_node, read_actions
from sim_suite.errors import SuiteError
from tests.driving.storyboard.xosc.samples import LANE, context, node

PLACE = LanePosition("1", -1.0, 5.0)
STEP = '<{0} dynamicsShape="step" dynamicsDimension="time" value="0"/>'
TRAJECTORY = """<Trajectory name="t" closed="false"><ParameterDeclarations/><Shape><Polyline>
<Vertex time="0"><Position><WorldPosition x="1" y="2" z="3"/></Position></Vertex>
<Vertex><Position><WorldPosition x="4" y="5" h="0.5"/></Position></Vertex></Polyline></Shape></Trajectory>"""
LINE = Trajectory("t", Polyline((Vertex(WorldPosition(1.0, 2.0), 0.0), Vertex(WorldPosition(4.0, 5.0, 0.5)))))
ROUTE = f"""<Route name="r" closed="true"><Waypoint routeStrategy="fastest">{LANE}</Waypoint>
<Waypoint routeStrategy="shortest">{LANE}</Waypoint></Route>"""
MODE = '<TrajectoryFollowingMode followingMode="follow"/>'
PRIVATE = [
    (f"<TeleportAction>{LANE}</TeleportAction>", a.TeleportAction(PLACE)),
    (
        """<LongitudinalAction><SpeedAction>
        <SpeedActionDynamics dynamicsShape="linear" dynamicsDimension="rate" value="2"/>
        <SpeedActionTarget><AbsoluteTargetSpeed value="${$v / 3.6}"/></SpeedActionTarget></SpeedAction></LongitudinalAction>""",
        a.SpeedAction(a.AbsoluteTargetSpeed(P.v / 3.6), a.TransitionDynamics("linear", "rate", 2.0)),
    ),
    (
        f"""<LongitudinalAction><SpeedAction>{STEP.format("SpeedActionDynamics")}<SpeedActionTarget>
        <RelativeTargetSpeed entityRef="$word" value="1.2" speedTargetValueType="factor" continuous="$on"/>
        </SpeedActionTarget></SpeedAction></LongitudinalAction>""",
        a.SpeedAction(a.RelativeTargetSpeed("hero", 1.2, "factor", True)),
    ),
    (
        """<LongitudinalAction><SpeedProfileAction entityRef="b" followingMode="follow">
        <DynamicConstraints maxAcceleration="2" maxDeceleration="INF" maxAccelerationRate="9"/>
        <SpeedProfileEntry speed="3"/><SpeedProfileEntry speed="4" time="5"/></SpeedProfileAction></LongitudinalAction>""",
        a.SpeedProfileAction(
            (a.SpeedProfileEntry(3.0), a.SpeedProfileEntry(4.0, 5.0)), "b", a.DynamicConstraints(2.0, None, None)
        ),
    ),
    (
        """<LongitudinalAction><LongitudinalDistanceAction entityRef="b" distance="9" freespace="true" continuous="true"
        displacement="leadingReferencedEntity" coordinateSystem="lane"/></LongitudinalAction>""",
        a.LongitudinalDistanceAction("b", 9.0, None, True, True, "leadingReferencedEntity", "lane"),
    ),
    (
        """<LateralAction><LaneChangeAction targetLaneOffset="0.5">
        <LaneChangeActionDynamics dynamicsShape="cubic" dynamicsDimension="distance" value="$v"/>
        <LaneChangeTarget><AbsoluteTargetLane value="-2"/></LaneChangeTarget></LaneChangeAction></LateralAction>""",
        a.LaneChangeAction(a.AbsoluteTargetLane(-2.0), a.TransitionDynamics("cubic", "distance", P.v), 0.5),
    ),
    (
        f"""<LateralAction><LaneChangeAction>{STEP.format("LaneChangeActionDynamics")}
        <LaneChangeTarget><RelativeTargetLane entityRef="b" value="1"/></LaneChangeTarget></LaneChangeAction></LateralAction>""",
        a.LaneChangeAction(a.RelativeTargetLane("b", 1.0), a.AT_ONCE),
    ),
    (
        """<LateralAction><LaneOffsetAction continuous="true"><LaneOffsetActionDynamics dynamicsShape="linear" maxLateralAcc="2"/>
        <LaneOffsetTarget><AbsoluteTargetLaneOffset value="1.5"/></LaneOffsetTarget></LaneOffsetAction></LateralAction>""",
        a.LaneOffsetAction(a.AbsoluteTargetLaneOffset(1.5), "linear", 2.0, True),
    ),
    (
        """<LateralAction><LaneOffsetAction continuous="false"><LaneOffsetActionDynamics dynamicsShape="step"/>
        <LaneOffsetTarget><RelativeTargetLaneOffset entityRef="b" value="1"/></LaneOffsetTarget></LaneOffsetAction></LateralAction>""",
        a.LaneOffsetAction(a.RelativeTargetLaneOffset("b", 1.0)),
    ),
    (
        """<LateralAction><LateralDistanceAction entityRef="b" distance="2" freespace="false" continuous="false">
        <DynamicConstraints maxSpeed="3"/></LateralDistanceAction></LateralAction>""",
        a.LateralDistanceAction("b", 2.0, constraints=a.DynamicConstraints(None, None, 3.0)),
    ),
    (
        f"""<RoutingAction><FollowTrajectoryAction initialDistanceOffset="2"><TrajectoryRef>{TRAJECTORY}</TrajectoryRef>
        <TimeReference><Timing domainAbsoluteRelative="absolute" scale="2" offset="1"/></TimeReference>{MODE}
        </FollowTrajectoryAction></RoutingAction>""",
        a.FollowTrajectoryAction(LINE, a.Timing("absolute", 2.0, 1.0), "follow", 2.0),
    ),
    (
        f"""<RoutingAction><FollowTrajectoryAction>{TRAJECTORY}<TimeReference><None/></TimeReference>{MODE}
        </FollowTrajectoryAction></RoutingAction>""",  # as 1.0 has it
        a.FollowTrajectoryAction(LINE, None, "follow"),
    ),
    (
        f"<RoutingAction><AssignRouteAction>{ROUTE}</AssignRouteAction></RoutingAction>",
        a.AssignRouteAction(Route("r", (Waypoint(PLACE, "fastest"), Waypoint(PLACE)), True)),
    ),
    (
        f"<RoutingAction><AcquirePositionAction>{LANE}</AcquirePositionAction></RoutingAction>",
        a.AcquirePositionAction(PLACE),
    ),
    (
        """<SynchronizeAction masterEntityRef="b" targetTolerance="1"><TargetPositionMaster><LanePosition roadId="1" laneId="-1" s="5"/>
        </TargetPositionMaster><TargetPosition><LanePosition roadId="1" laneId="-1" s="5"/></TargetPosition>
        <FinalSpeed><RelativeSpeedToMaster speedTargetValueType="delta" value="3"/></FinalSpeed></SynchronizeAction>""",
        a.SynchronizeAction("b", PLACE, PLACE, a.RelativeTargetSpeed("b", 3.0), 0.0, 1.0),
    ),
]
GLOBAL = [
    (
        f'<EntityAction entityRef="b"><AddEntityAction>{LANE}</AddEntityAction></EntityAction>',
        a.AddEntityAction("b", PLACE),
    ),
    ('<EntityAction entityRef="b"><DeleteEntityAction/></EntityAction>', a.DeleteEntityAction("b")),
    ('<VariableAction variableRef="x"><SetAction value="true"/></VariableAction>', a.VariableAction("x", 1.0)),
    (
        '<VariableAction variableRef="x"><ModifyAction><Rule><AddValue value="2"/></Rule></ModifyAction></VariableAction>',
        a.VariableAction("x", 2.0, "add"),
    ),
    (
        '<ParameterAction parameterRef="x"><ModifyAction><Rule><MultiplyByValue value="2"/></Rule></ModifyAction></ParameterAction>',
        a.VariableAction("x", 2.0, "multiply", True),
    ),
    (
        """<EnvironmentAction><Environment name="wet"><TimeOfDay animation="false" dateTime="2020-01-01T00:00:00"/>
        <Weather cloudState="free"><Sun azimuth="0" elevation="1" intensity="1"/><Fog visualRange="100"/></Weather>
        <RoadCondition frictionScaleFactor="0.5"/></Environment></EnvironmentAction>""",
        a.EnvironmentAction(0.5, 100.0, "wet"),
    ),
    (
        """<InfrastructureAction><TrafficSignalAction><TrafficSignalStateAction name="7" state="green"/></TrafficSignalAction>
        </InfrastructureAction>""",
        a.TrafficSignalStateAction("7", "green"),
    ),
    (
        """<InfrastructureAction><TrafficSignalAction>
        <TrafficSignalControllerAction trafficSignalControllerRef="c" phase="go"/></TrafficSignalAction></InfrastructureAction>""",
        a.TrafficSignalControllerAction("c", "go"),
    ),
]
ALL = [("PrivateAction", *one) for one in PRIVATE] + [("GlobalAction", *one) for one in GLOBAL]


@pytest.mark.parametrize(("root", "xml", "action"), ALL)
def test_each_action_is_read_and_written(root, xml, action):
    around = context()
    assert read_actions(node(f"<{root}>{xml}</{root}>"), around) == [action]
    assert read_actions(action_node(action), around) == [action]


def test_what_of_the_weather_means_nothing_is_said():
    around = context()
    read_actions(node(f"<GlobalAction>{GLOBAL[5][0]}</GlobalAction>"), around)
    assert list(around.notes) == ["of <Environment>, TimeOfDay, Sun, cloudState mean nothing to the driving world"]


def test_a_missing_displacement_is_read_as_the_version_has_it():
    xml = """<PrivateAction><LongitudinalAction><LongitudinalDistanceAction entityRef="b" timeGap="2" freespace="false"
    continuous="false"/></LongitudinalAction></PrivateAction>"""
    for minor, displacement in ((0, "any"), (1, "trailingReferencedEntity")):
        assert read_actions(node(xml), context(minor)) == [
            a.LongitudinalDistanceAction("b", None, 2.0, displacement=displacement)
        ]


def test_actions_without_a_counterpart_are_recorded_and_named():
    around = context()
    xml = """<PrivateAction><ControllerAction><AssignControllerAction><Controller name="$word"/></AssignControllerAction>
    <OverrideControllerValueAction><Brake value="1" active="true"/></OverrideControllerValueAction></ControllerAction></PrivateAction>"""
    actions = read_actions(node(xml), around)
    assert actions == [
        a.RecordedAction(
            "AssignControllerAction", '<AssignControllerAction><Controller name="hero"/></AssignControllerAction>'
        ),
        a.RecordedAction(
            "OverrideControllerValueAction",
            '<OverrideControllerValueAction><Brake active="true" value="1"/></OverrideControllerValueAction>',
        ),
    ]
    assert [read_actions(action_node(one), around) for one in actions] == [[one] for one in actions]
    assert "<AssignControllerAction> does nothing" in next(iter(around.notes))


@pytest.mark.parametrize("path", RECORDED)
def test_every_recorded_action_comes_back(path):
    xml = "".join(f"<{tag}>" for tag in path) + "".join(f"</{tag}>" for tag in reversed(path))
    actions = read_actions(node(xml), context())
    assert actions == [a.RecordedAction(path[-1], f"<{path[-1]}/>")]
    assert read_actions(action_node(actions[0]), context()) == actions


def test_where_version_1_0_has_the_controller():
    xml = '<PrivateAction><ActivateControllerAction lateral="true"/></PrivateAction>'
    action = a.RecordedAction("ActivateControllerAction", '<ActivateControllerAction lateral="true"/>')
    assert read_actions(node(xml), context()) == [action]
    assert action_node(action).children[0].tag == "ControllerAction"


@pytest.mark.parametrize("path", REFUSED)
def test_every_refused_action_is_named_with_its_line(path):
    xml = "\n".join(f"<{tag}>" for tag in path) + "".join(f"</{tag}>" for tag in reversed(path))
    with pytest.raises(ScenarioFileError, match=f"file.xosc, line {len(path)}, <{path[-1]}>: not supported: "):
        read_actions(node(xml), context())


@pytest.mark.parametrize(
    ("xml", "message"),
    [
        ("<PrivateAction/>", "must hold one action, and holds 0"),
        ("<PrivateAction><JumpAction/></PrivateAction>", "<JumpAction>: not known as an action"),
        ("<PrivateAction><TeleportAction/></PrivateAction>", "<TeleportAction>: <Position> is missing"),
        (f"<PrivateAction><TeleportAction>{LANE}{LANE}</TeleportAction></PrivateAction>", "second <Position>"),
        (
            '<GlobalAction><VariableAction variableRef="x"><SetAction value="open"/></VariableAction></GlobalAction>',
            "words",
        ),
        (
            """<PrivateAction><LongitudinalAction><SpeedAction>
            <SpeedActionDynamics dynamicsShape="round" dynamicsDimension="time" value="1"/>
            <SpeedActionTarget/></SpeedAction></LongitudinalAction></PrivateAction>""",
            "line 2, <SpeedActionDynamics>: dynamicsShape = 'round' is none of linear, cubic, sinusoidal, step",
        ),
        (
            f"""<PrivateAction><RoutingAction><AssignRouteAction><Route name="r" closed="false">
            <Waypoint routeStrategy="fastest">{LANE}</Waypoint></Route></AssignRouteAction></RoutingAction></PrivateAction>""",
            "<Route>: it needs 2 or more <Waypoint>, and has 1",
        ),
        (
            """<PrivateAction><RoutingAction><AssignRouteAction><CatalogReference catalogName="a" entryName="b"/>
            </AssignRouteAction></RoutingAction></PrivateAction>""",
            "no catalogs",
        ),
    ],
)
def test_what_is_wrong_is_named(xml, message):
    with pytest.raises(ScenarioFileError, match=message):
        read_actions(node(xml), context())


def test_what_openscenario_cannot_say_is_refused():
    with pytest.raises(SuiteError, match="has no place"):
        action_node(a.RecordedAction("Dance"))
    relative = a.RelativeTargetSpeed("somebody", 1.0)
    with pytest.raises(SuiteError, match="relative to its master"):
        action_node(a.SynchronizeAction("master", PLACE, PLACE, relative))
