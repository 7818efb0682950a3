"""Variations of a scenario: number 0 has the usual values, every other draws its own. Source: ours.

What a variation draws depends on (seed, its number) and on the names of the parameters alone: it is the same whichever batch it is
part of, and whichever other parameters were set; but for draws that constraints reject, which depend on all values.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sim_suite.driving.storyboard.distributions import Value
from sim_suite.driving.storyboard.parameters import Parameter
from sim_suite.driving.storyboard.scenario import Scenario
from sim_suite.errors import SuiteError

TRIES: Final = 1000
"""Draws until constraints that hold for one variation in a hundred are met, but for one time in 20,000."""


@dataclass(frozen=True)
class Variation:
    """One concrete scenario."""

    seed: int
    number: int
    values: Mapping[str, float]
    """Of all numeric parameters; booleans are 0 and 1."""
    name: str = ""
    """Of one that cannot be drawn by its number: a search found it, and it is run again by its values."""

    @property
    def id(self) -> str:
        """`SEED-NUMBER`, by which it is run again, or its name."""
        return self.name or f"{self.seed}-{self.number}"


def draw(
    scenario: Scenario, seed: int, numbers: Sequence[int], settings: Mapping[str, Value] | None = None
) -> list[Variation]:
    """Variations by their numbers. settings: parameters that keep a value. Raises `SuiteError` where constraints cannot be met."""
    fixed = checked(scenario, settings or {})
    free = [
        one
        for one in scenario.parameters
        if one.name not in fixed and one.distribution is not None and one.type != "string"
    ]
    usual = {one.name: float(one.value) for one in scenario.parameters if not isinstance(one.value, str)} | fixed
    found = []
    for number in numbers:
        values = dict(usual)
        for attempt in range(TRIES):
            if number > 0:
                values |= {one.name: _drawn(one, seed, number, attempt) for one in free}
            if all(constraint.holds(values) for constraint in scenario.constraints):
                break
            if number == 0 or not free:
                raise SuiteError(
                    f"the values {_shown(values)} break a constraint of scenario {scenario.name!r}. Set others."
                )
        else:
            raise SuiteError(
                f"scenario {scenario.name!r}: {TRIES} draws met its constraints not once with {_shown(fixed)}. Widen a range."
            )
        found.append(Variation(seed, number, values))
    return found


def checked(scenario: Scenario, settings: Mapping[str, Value]) -> dict[str, float]:
    """Settings as numbers. Raises `SuiteError` for parameters that there are not, and for values of another type."""
    fixed = {}
    for name, value in settings.items():
        parameter = scenario.parameter(name)
        read = value if isinstance(value, bool) and parameter.type == "boolean" else parameter.read(str(value))
        if not isinstance(read, str):
            fixed[name] = float(read)
    return fixed


def at(
    scenario: Scenario, seed: int, number: int, shares: Mapping[str, float], settings: Mapping[str, Value]
) -> Variation:
    """The variation at given shares, in [0, 1), of the ranges of its parameters: what a search asks for."""
    values = {one.name: float(one.value) for one in scenario.parameters if not isinstance(one.value, str)}
    for one in scenario.parameters:
        if one.distribution is not None and one.name in shares:
            values[one.name] = float(one.distribution.at(shares[one.name]))
    return Variation(seed, number, values | checked(scenario, settings))


def _drawn(parameter: Parameter, seed: int, number: int, attempt: int) -> float:
    assert parameter.distribution is not None
    return float(parameter.distribution.at(share_of(parameter.name, seed, number, attempt)))


def share_of(name: str, seed: int, number: int, attempt: int = 0) -> float:
    """An even number from [0, 1), a function of what is given alone: the first 53 bits of a hash."""
    digest = hashlib.blake2b(f"{name}/{seed}/{number}/{attempt}".encode(), digest_size=8).digest()
    return (int.from_bytes(digest, "big") >> 11) / 2.0**53


def _shown(values: Mapping[str, float]) -> str:
    return ", ".join(f"{name}={value:g}" for name, value in values.items()) or "none set"
