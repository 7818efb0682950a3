"""The table of coverage names every element of the standard of its groups, once, with one word."""

from __future__ import annotations

from sim_suite.driving.storyboard.xosc.coverage import coverage

STANDARD = {
    "actions": """AcquirePositionAction ActivateControllerAction AddEntityAction AnimationAction AssignControllerAction AssignRouteAction
    ConnectTrailerAction CustomCommandAction DeleteEntityAction DisconnectTrailerAction EnvironmentAction FollowTrajectoryAction
    LaneChangeAction LaneOffsetAction LateralDistanceAction LightStateAction LongitudinalDistanceAction OverrideControllerValueAction
    ParameterAction RandomRouteAction SetMonitorAction SpeedAction SpeedProfileAction SynchronizeAction TeleportAction
    TrafficAreaAction TrafficSignalControllerAction TrafficSignalStateAction TrafficSinkAction TrafficSourceAction TrafficStopAction
    TrafficSwarmAction VariableAction VisibilityAction""",
    "conditions": """AccelerationCondition AngleCondition CollisionCondition DistanceCondition EndOfRoadCondition OffroadCondition
    ParameterCondition ReachPositionCondition RelativeAngleCondition RelativeClearanceCondition RelativeDistanceCondition
    RelativeSpeedCondition SimulationTimeCondition SpeedCondition StandStillCondition StoryboardElementStateCondition
    TimeHeadwayCondition TimeOfDayCondition TimeToCollisionCondition TrafficSignalCondition TrafficSignalControllerCondition
    TraveledDistanceCondition UserDefinedValueCondition VariableCondition""",
    "positions": """GeoPosition LanePosition RelativeLanePosition RelativeObjectPosition RelativeRoadPosition RelativeWorldPosition
    RoadPosition RoutePosition TrajectoryPosition WorldPosition""",
    "shapes": "Clothoid ClothoidSpline Nurbs Polyline",
    "triggers": "ConditionGroup StartTrigger StopTrigger",
    "entities": "CatalogReference EntitySelection ExternalObjectReference MiscObject ObjectController Pedestrian Vehicle",
    "distributions": """DeterministicMultiParameterDistribution DistributionRange DistributionSet Histogram LogNormalDistribution
    NormalDistribution PoissonDistribution ProbabilityDistributionSet UniformDistribution UserDefinedDistribution
    ValueSetDistribution""",
    "catalogs": """ControllerCatalog EnvironmentCatalog ManeuverCatalog MiscObjectCatalog PedestrianCatalog RouteCatalog
    TrajectoryCatalog VehicleCatalog""",
}
"""Source: OpenSCENARIO XML 1.3, the choices of its schema."""


def test_every_element_of_the_standard_has_one_row():
    rows = coverage()
    assert {group: [row.element for row in rows if row.group == group] for group in STANDARD} == {
        group: names.split() for group, names in STANDARD.items()
    }
    assert {row.group for row in rows} == STANDARD.keys()
    assert {row.what for row in rows} == {"read", "recorded", "refused"}
    assert all(row.note for row in rows if row.what != "read")
