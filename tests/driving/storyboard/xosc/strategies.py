"""Scenarios out of all elements there are, for hypothesis: fields are drawn by their types, so a new element is drawn too."""

from __future__ import annotations

import types
from dataclasses import fields, is_dataclass, replace
from types import MappingProxyType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from sim_suite.driving.documents.xml import Node
from sim_suite.driving.storyboard.criteria import CRITERIA
from sim_suite.driving.storyboard.distributions import Choices, Histogram, Normal, Poisson, Uniform
from sim_suite.driving.storyboard.elements import actions as a
from sim_suite.driving.storyboard.elements import conditions as c
from sim_suite.driving.storyboard.elements import positions as p
from sim_suite.driving.storyboard.elements import story as s
from sim_suite.driving.storyboard.elements.entities import KINDS, Entity
from sim_suite.driving.storyboard.elements.signals import SignalController
from sim_suite.driving.storyboard.elements.variables import Variable
from sim_suite.driving.storyboard.numbers import Expression, parameter
from sim_suite.driving.storyboard.parameters import RULES, Constraint, Parameter
from sim_suite.driving.storyboard.scenario import Hazard, Scenario
from sim_suite.driving.storyboard.xosc.canonical import canonical
from sim_suite.driving.storyboard.xosc.expressions import read_number
from sim_suite.driving.storyboard.xosc.tables.conditions import BY_VALUE
from sim_suite.driving.storyboard.xosc.tables.dispatch import RECORDED

PEOPLE = ("ego", "Überholer", "$other one")
NUMERIC = ("a", "gap_m", "_v2")
TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=8) | st.sampled_from(
    ["$a", "\\$a", "${1 + 1}", "\\\\$", "<&\">'\t\n\r", "a b", " ", "]]>"]
)  # fmt: skip
FLOATS = st.floats(-1e3, 1e3) | st.integers(-20, 20)


def _expressions(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    two = st.builds(
        lambda sign, one, other: Expression(sign, (one, other)),
        st.sampled_from(["+", "-", "*", "min", "max"]),
        inner,
        inner,
    )
    one = st.builds(lambda name, of: Expression(name, (of,)), st.sampled_from(["neg", "abs", "floor", "sin"]), inner)
    return two | one


SUMS = st.recursive(st.sampled_from(NUMERIC).map(parameter) | FLOATS, _expressions, max_leaves=5)
FLAGS = st.builds(lambda sign, *of: Expression(sign, of), st.sampled_from(["and", "or"]), SUMS, SUMS)
EXPRESSIONS = SUMS | FLAGS | FLAGS.map(lambda of: Expression("not", (of,)))
NUMBERS = FLOATS | EXPRESSIONS
LANES = st.integers(-9, 9) | EXPRESSIONS.filter(lambda number: isinstance(number, Expression))
LEAST = {
    "waypoints": 2,
    "vertices": 2,
    "control_points": 2,
    "knots": 2,
    "segments": 1,
    "entries": 1,
    "lanes": 1,
    "conditions": 1,
}
"""How many of them OpenSCENARIO demands."""
WORDS = TEXT.filter(lambda text: read_number(text.strip()) is None and text not in ("true", "false"))
NESTED = (p.RoutePosition, p.TrajectoryPosition)


def drawn(hint: Any, name: str = "", depth: int = 1) -> st.SearchStrategy[Any]:
    """Values of a type; `name` is the field they are for, `depth` how far positions may nest in positions."""
    origin, arguments = get_origin(hint), get_args(hint)
    if name in ("lane_id", "d_lane"):
        return st.none() | LANES if type(None) in arguments else LANES
    if name == "order":
        return st.integers(2, 5)
    if hint == float | Expression:
        return NUMBERS
    if hint == float | Expression | str:
        return NUMBERS | WORDS
    if origin in (Union, types.UnionType):
        kinds = [one for one in arguments if depth > 0 or one not in NESTED]
        if float in kinds and Expression in kinds:  # Number | None
            rest = [drawn(one, name, depth) for one in kinds if one not in (float, Expression)]
            return st.one_of(NUMBERS, *rest)
        return st.one_of([drawn(one, name, depth) for one in kinds])
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin is tuple and arguments[-1] is Ellipsis:
        return st.lists(drawn(arguments[0], name, depth), min_size=LEAST.get(name, 0), max_size=3).map(tuple)
    if origin is tuple:
        return st.tuples(*(drawn(one, name, depth) for one in arguments))
    if hint is str:
        return st.sampled_from(PEOPLE) if name in ("entity", "entities", "actors", "master", "target") else TEXT
    if is_dataclass(hint):
        return element(hint, depth)
    return {bool: st.booleans(), int: st.integers(-9, 9), float: FLOATS, type(None): st.none()}[hint]


def element(kind: Any, depth: int = 1) -> st.SearchStrategy[Any]:
    """Values of a class of the model."""
    if kind in SPECIAL:
        return SPECIAL[kind](depth)
    hints, inner = get_type_hints(kind), depth - 1 if kind in NESTED else depth
    return st.deferred(
        lambda: st.builds(kind, **{one.name: drawn(hints[one.name], one.name, inner) for one in fields(kind)})
    )


def _condition(_depth: int) -> st.SearchStrategy[c.Condition]:
    by_value = [kind for kind, _ in BY_VALUE.forms.values()]
    by_entity = get_args(c.EntityCondition)
    rest: dict[str, Any] = {"delay": NUMBERS, "edge": drawn(c.Edge), "name": TEXT}
    people = st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=2).map(tuple)
    return st.builds(c.Condition, st.one_of(map(element, by_value)), **rest) | st.builds(
        c.Condition, st.one_of(map(element, by_entity)), entities=people, every=st.booleans(), **rest
    )


def _recorded(_depth: int) -> st.SearchStrategy[a.RecordedAction]:
    def made(name: str, attribute: str, children: int, text: str) -> a.RecordedAction:
        node = Node(name, {"active": attribute, "Ä": "true"}, 0)
        node.children = [Node("Child", {"value": attribute}, 0) for _ in range(children)]
        if name == "CustomCommandAction":
            node.text, node.children = text, []
        return a.RecordedAction(name, canonical(node))

    return st.builds(made, st.sampled_from([path[-1] for path in RECORDED]), TEXT, st.integers(0, 2), TEXT)


def _synchronize(depth: int) -> st.SearchStrategy[a.SynchronizeAction]:
    places, numbers, of = drawn(p.Position, "", depth), NUMBERS, st.sampled_from(PEOPLE)
    kinds: Any = st.sampled_from(["delta", "factor"])
    speed = st.none() | element(a.AbsoluteTargetSpeed) | st.builds(a.RelativeTargetSpeed, of, numbers, kinds)

    def made(master: str, final: Any, *rest: Any) -> a.SynchronizeAction:
        final = replace(final, entity=master) if isinstance(final, a.RelativeTargetSpeed) else final
        return a.SynchronizeAction(master, rest[0], rest[1], final, rest[2], rest[3])

    return st.builds(made, of, speed, places, places, numbers, numbers)


def _collision(_depth: int) -> st.SearchStrategy[c.CollisionCondition]:
    kinds = st.sampled_from(["pedestrian", "vehicle", "miscellaneous"])
    return st.builds(c.CollisionCondition, st.sampled_from(PEOPLE)) | st.builds(c.CollisionCondition, st.none(), kinds)


SPECIAL: dict[Any, Any] = {
    c.Condition: _condition,
    a.RecordedAction: _recorded,
    a.SynchronizeAction: _synchronize,
    c.CollisionCondition: _collision,
    a.AbsoluteTargetLane: lambda _depth: st.builds(a.AbsoluteTargetLane, LANES),
    a.RelativeTargetLane: lambda _depth: st.builds(a.RelativeTargetLane, st.sampled_from(PEOPLE), LANES),
}
"""Elements of which OpenSCENARIO cannot say every value of their types."""

TRIGGERS = st.lists(element(c.ConditionGroup), max_size=2).map(lambda groups: c.Trigger(tuple(groups)))
STOPS = st.none() | TRIGGERS.filter(lambda trigger: bool(trigger.groups))
PRIVATE = st.one_of(map(element, get_args(a.PrivateAction)))
GLOBAL = st.one_of(map(element, get_args(a.GlobalAction)))
ACTIONS = PRIVATE | GLOBAL | element(a.RecordedAction)


def some(one: st.SearchStrategy[Any], least: int = 1, most: int = 2) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(one, min_size=least, max_size=most).map(tuple)


NAMED = st.builds(s.NamedAction, TEXT, ACTIONS)
PRIORITIES = drawn(get_type_hints(s.Event)["priority"])
EVENTS = st.builds(s.Event, TEXT, some(NAMED), TRIGGERS, PRIORITIES, st.integers(1, 9))
MANEUVERS = st.builds(s.Maneuver, TEXT, some(EVENTS))
ACTORS = st.lists(st.sampled_from(PEOPLE), unique=True).map(tuple)
GROUPS = st.builds(s.ManeuverGroup, TEXT, ACTORS, some(MANEUVERS, 0), st.integers(1, 3), st.booleans())
ACTS = st.builds(s.Act, TEXT, some(GROUPS), TRIGGERS, STOPS)
STORIES = st.builds(s.Story, TEXT, some(ACTS))


def _recorded_in(root: str) -> st.SearchStrategy[a.RecordedAction]:
    names = {path[-1] for path in RECORDED if path[0] == root}
    return element(a.RecordedAction).filter(lambda one: one.element in names)


INIT = st.builds(
    lambda world, commands, people: (*world, *commands, *people),
    some(st.builds(s.InitAction, st.just(""), GLOBAL), 0),
    some(st.builds(s.InitAction, st.just(""), _recorded_in("UserDefinedAction")), 0, 1),
    some(st.builds(s.InitAction, st.sampled_from(PEOPLE), PRIVATE | _recorded_in("PrivateAction")), 0, 4),
)
STORYBOARDS = st.builds(s.Storyboard, INIT, some(STORIES, 0), STOPS)

SHARES = st.floats(0.125, 8.0)
DISTRIBUTIONS = st.one_of(
    st.builds(lambda low, width, step: Uniform(low, low + width, step), FLOATS, SHARES, st.none() | SHARES),
    st.builds(Choices, some(FLOATS, 2, 2), st.just(()) | some(SHARES, 2, 2)),
    st.builds(Normal, FLOATS, SHARES) | st.builds(Normal, FLOATS, SHARES, st.just(1.0), st.just(2.0), st.booleans()),
    st.builds(lambda low, weights: Histogram((low, low + 1.0, low + 3.5), weights), FLOATS, some(SHARES, 2, 2)),
    st.builds(Poisson, SHARES) | st.builds(Poisson, SHARES, st.just(1.0), st.just(9.0)),
)
ENTITIES = st.tuples(*(
    st.builds(
        Entity,
        st.just(name),
        st.sampled_from([*KINDS, "tree", "spaceship"]),
        st.none() | NUMBERS,
        st.none() | NUMBERS,
        NUMBERS,
        st.dictionaries(TEXT, TEXT, max_size=2).map(MappingProxyType),
    )
    for name in PEOPLE
))  # fmt: skip
PARAMETERS = st.tuples(
    *(st.builds(Parameter, st.just(name), FLOATS, st.none() | DISTRIBUTIONS, TEXT, summary=TEXT) for name in NUMERIC),
    st.builds(Parameter, st.just("count"), st.integers(-9, 9), type=st.just("integer")),
    st.builds(Parameter, st.just("flag"), st.booleans(), type=st.just("boolean")),
    st.builds(Parameter, st.just("word"), TEXT, type=st.just("string")),
)
HAZARDS = st.none() | st.builds(
    Hazard, TRIGGERS, st.just("no_collision"), drawn(get_type_hints(Hazard)["avoidable"]), st.sampled_from(PEOPLE)
)
SCENARIOS = st.builds(
    Scenario,
    name=TEXT,
    map=st.just("road"),
    entities=ENTITIES,
    storyboard=STORYBOARDS,
    criteria=some(st.one_of(map(element, CRITERIA.values())), 0, 3).map(
        lambda rest: (CRITERIA["no_collision"](), *rest)
    ),
    ego=st.sampled_from(PEOPLE),
    goal=st.none() | drawn(p.Position),
    set_speed=st.none() | NUMBERS,
    parameters=PARAMETERS,
    constraints=st.just(()),
    signal_controllers=some(element(SignalController), 0, 1),
    variables=some(st.builds(Variable, TEXT, NUMBERS | TEXT), 0, 2),
    limit_s=NUMBERS,
    hazard=HAZARDS,
    family=TEXT,
    summary=TEXT,
    source=TEXT,
    model=drawn(get_type_hints(Scenario)["model"]),
    notes=some(TEXT, 0, 2),
)
"""All of them can be written."""


def kept_constraint(scenario: Scenario, left: Any, rule: Any, right: Any) -> tuple[Constraint, ...]:
    """The constraint, if the scenario's usual values keep to it."""
    assert rule in RULES
    values = {one.name: one.value for one in scenario.parameters}
    constraint = Constraint(left, rule, right)
    return (constraint,) if constraint.holds(values) else ()
