"""What OpenSCENARIO has no place for, as properties of the ego whose values are JSON: criteria, goal, ranges and more. Source: ours.

All names begin with `sim_suite.`. Goals and triggers stand in them as the XML that they are elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, replace
from typing import Any, Final, get_args, get_type_hints

from sim_suite.driving.storyboard.criteria import CRITERIA, Criterion
from sim_suite.driving.storyboard.distributions import Choices, Distribution, Histogram, Normal, Poisson, Uniform
from sim_suite.driving.storyboard.numbers import Expression, Number
from sim_suite.driving.storyboard.parameters import RULES, Constraint, Parameter
from sim_suite.driving.storyboard.scenario import Hazard, Scenario
from sim_suite.driving.storyboard.xosc.canonical import canonical, from_canonical
from sim_suite.driving.storyboard.xosc.kinds import NUMBER
from sim_suite.driving.storyboard.xosc.reading.context import Context
from sim_suite.driving.storyboard.xosc.tables.conditions import TRIGGER
from sim_suite.driving.storyboard.xosc.tables.entities import PREFIX
from sim_suite.driving.storyboard.xosc.tables.positions import POSITION
from sim_suite.errors import SuiteError, UnknownNameError

DISTRIBUTIONS: Final = {one.__name__: one for one in (Uniform, Choices, Normal, Histogram, Poisson)}
"""By the name that a property gives them."""
_WORDS: Final = ("name", "family", "summary", "source", "model")
"""Fields of a scenario that are words."""
_AVOIDABLE: Final = get_args(get_type_hints(Hazard)["avoidable"])
_MODELS: Final = get_args(get_type_hints(Scenario)["model"])
_INFINITE: Final = {"low": float("-inf"), "high": float("inf")}
"""Bounds that JSON cannot say and that are left out."""


def scenario_properties(scenario: Scenario) -> dict[str, str]:
    """The properties of the ego, without those of every entity."""
    found: dict[str, Any] = {"ego": True, **{word: getattr(scenario, word) for word in _WORDS}}
    found["criteria"] = [_criterion_out(one) for one in scenario.criteria]
    found["limit_s"] = _number_out(scenario.limit_s)
    found["set_speed"] = None if scenario.set_speed is None else _number_out(scenario.set_speed)
    found["goal"] = None if scenario.goal is None else canonical(POSITION.write(scenario.goal, "Position"))
    found["parameters"] = {one.name: _parameter_out(one) for one in scenario.parameters}
    found["constraints"] = [[_number_out(one.left), one.rule, _number_out(one.right)] for one in scenario.constraints]
    found["notes"] = list(scenario.notes)
    hazard = scenario.hazard
    if hazard is not None:
        begins = canonical(TRIGGER.write(hazard.begins, "StartTrigger"))
        found["hazard"] = {
            "begins": begins, "criterion": hazard.criterion, "avoidable": hazard.avoidable, "actor": hazard.actor,
            "offsets_m": list(hazard.offsets_m),
        }  # fmt: skip
    return {PREFIX + name: _json(name, value) for name, value in found.items()}


def _json(name: str, value: Any) -> str:  # what JSON can hold
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    except (ValueError, TypeError) as error:
        raise SuiteError(f"{name} cannot be written: {error}.") from None


def apply_properties(
    properties: Mapping[str, str], parameters: tuple[Parameter, ...], context: Context
) -> dict[str, Any]:
    """Fields of a scenario that its ego's properties say. Raises `SuiteError` for what is not as `scenario_properties` has it."""
    readers: dict[str, Callable[[Any], Any]] = {
        **dict.fromkeys(_WORDS, _text),
        "model": lambda value: _one_of("model", _text(value), _MODELS),
        "criteria": lambda value: tuple(_criterion_in(one, context) for one in _list(value)),
        "limit_s": lambda value: _number_in(value, context),
        "set_speed": lambda value: None if value is None else _number_in(value, context),
        "goal": lambda value: None if value is None else POSITION.read(from_canonical(_text(value)), context),
        "parameters": lambda value: tuple(_parameter_in(one, _mapping(value)) for one in parameters),
        "constraints": lambda value: tuple(_constraint_in(one, context) for one in _list(value)),
        "notes": lambda value: tuple(_text(one) for one in _list(value)),
        "hazard": lambda value: _hazard_in(_mapping(value), context),
    }
    found = {}
    for key, text in properties.items():
        name = key.removeprefix(PREFIX)
        if not key.startswith(PREFIX) or name in ("ego", "category", "usual"):
            continue
        if name not in readers:
            raise UnknownNameError("property", key, [PREFIX + one for one in readers])
        try:
            found[name] = readers[name](json.loads(text, parse_constant=_finite))
        except (ValueError, TypeError, ArithmeticError, RecursionError) as error:
            raise SuiteError(f"the property {key} cannot be read: {error}. Correct it.") from None
        except SuiteError as error:
            raise SuiteError(f"the property {key}: {error}") from None
    return found


def _number_out(number: Number) -> float | str:
    return NUMBER.write(number) if isinstance(number, Expression) else number


def _number_in(value: Any, context: Context) -> Number:  # of JSON
    if isinstance(value, str):
        return context.scope.number(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"{value!r} is not a number")
    float(value)  # a whole number too large for one is refused
    return value


def _criterion_out(criterion: Criterion) -> dict[str, Any]:
    numbers = {field.name: _number_out(getattr(criterion, field.name)) for field in fields(criterion)}
    return {"is": criterion.name, **numbers}


def _criterion_in(value: Any, context: Context) -> Criterion:  # of JSON
    found = dict(_mapping(value))
    name = found.pop("is", None)
    if name not in CRITERIA:
        raise UnknownNameError("criterion", str(name), CRITERIA)
    made: Criterion = CRITERIA[name](**{key: _number_in(one, context) for key, one in found.items()})
    return made


def _parameter_out(one: Parameter) -> dict[str, Any]:
    distribution = None if one.distribution is None else _distribution_out(one.distribution)
    said = {"unit": one.unit, "summary": one.summary, "distribution": distribution}
    return {key: value for key, value in said.items() if value}


def _parameter_in(one: Parameter, said: Mapping[str, Any]) -> Parameter:
    more = _mapping(said.get(one.name, {}))
    distribution = _distribution_in(more["distribution"]) if "distribution" in more else None
    unit, summary = (_text(more.get(key, "")) for key in ("unit", "summary"))
    return replace(one, unit=unit, summary=summary, distribution=distribution)


def _distribution_out(one: Distribution) -> dict[str, Any]:
    kind = type(one).__name__
    if kind not in DISTRIBUTIONS:
        raise SuiteError(f"the distribution {kind} cannot be written to OpenSCENARIO.")
    said = {field.name: getattr(one, field.name) for field in fields(DISTRIBUTIONS[kind])}
    return {"is": kind, **{key: value for key, value in said.items() if value != _INFINITE.get(key)}}


def _distribution_in(value: Any) -> Distribution:  # of JSON
    said = dict(_mapping(value))
    kind = DISTRIBUTIONS.get(str(said.pop("is", None)))
    if kind is None:
        raise UnknownNameError("distribution", str(value.get("is")), DISTRIBUTIONS)
    needed = {one.name for one in fields(kind) if one.default is MISSING}
    if not needed <= said.keys():
        raise TypeError(f"{kind.__name__} needs {', '.join(sorted(needed))}")
    made: Distribution = kind(**{key: _plain(one) for key, one in said.items()})
    made.at(0.5)  # what cannot be drawn from is refused here and not in a run
    return made


def _constraint_in(value: Any, context: Context) -> Constraint:  # of JSON
    left, rule, right = _list(value)
    if rule not in RULES:
        raise UnknownNameError("rule", str(rule), RULES)
    return Constraint(_number_in(left, context), rule, _number_in(right, context))


def _hazard_in(said: Mapping[str, Any], context: Context) -> Hazard:
    words = {key: _text(said[key]) for key in ("begins", "criterion", "avoidable", "actor") if key in said}
    if not {"begins", "criterion", "avoidable"} <= words.keys():
        raise TypeError("begins, criterion and avoidable are needed")
    _one_of("way to tell what is avoidable", words["avoidable"], _AVOIDABLE)
    begins = TRIGGER.read(from_canonical(words["begins"]), context)
    offsets = {key: tuple(map(_metres, _list(said[key]))) for key in ("offsets_m",) if key in said}
    return Hazard(begins, words["criterion"], words["avoidable"], words.get("actor", ""), **offsets)  # type: ignore[arg-type]


def _metres(value: Any) -> float:  # of JSON
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"{value!r} is not a number")
    return float(value)


def _plain(value: Any) -> Any:  # of JSON: a number, word or flag, or several
    if isinstance(value, list):
        return tuple(_plain(one) for one in value)
    if not isinstance(value, (int, float, str)):
        raise TypeError(f"{value!r} is not a value")
    return value


def _finite(constant: str) -> float:
    raise ValueError(f"{constant} is not a finite number")


def _one_of(what: str, word: str, known: tuple[str, ...]) -> str:
    if word not in known:
        raise UnknownNameError(what, word, known)
    return word


def _text(value: Any) -> str:  # of JSON
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not a text")
    return value


def _list(value: Any) -> list[Any]:  # of JSON
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is not a list")
    return value


def _mapping(value: Any) -> Mapping[str, Any]:  # of JSON
    if not isinstance(value, dict):
        raise TypeError(f"{value!r} is not an object")
    return value
