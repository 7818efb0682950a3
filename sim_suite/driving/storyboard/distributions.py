"""How a parameter's values are spread: each turns an even number from [0, 1) into a value. Source: OpenSCENARIO XML 1.3, 9.3
(parameter value distributions).

By that, variations can be drawn, spread evenly, or steered by a search, with one set of rules.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Protocol

from sim_suite.errors import SuiteError

Value = float | str | bool
MOST_EVENTS = 1000
"""Counts of a Poisson distribution end here: one that expects 500 goes beyond once in 10^80 times."""


class Distribution(Protocol):
    """Where a parameter's values come from."""

    def at(self, share: float) -> Value:
        """The value below which a share of [0, 1) of all values lies."""
        ...

    def share_of(self, value: Value) -> float:
        """The share of [0, 1) at which a value lies, the middle of all that lead to it; outside the range, the nearest end."""
        ...


def _cut(share: float) -> float:
    """Into [0, 1)."""
    return min(max(share, 0.0), math.nextafter(1.0, 0.0))


@dataclass(frozen=True)
class Uniform:
    """Evenly between two bounds, both included; with a step, evenly among low, low + step, ... up to high."""

    low: float
    high: float
    step: float | None = None

    def __post_init__(self) -> None:
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low <= self.high):
            raise SuiteError(f"a range goes from a lower to a higher number, not from {self.low} to {self.high}.")
        if self.step is not None and not self.step > 0:
            raise SuiteError(f"the step of a range must be above 0, not {self.step}.")

    @property
    def count(self) -> int:
        """How many values there are with a step; 0 without one."""
        return 0 if self.step is None else math.floor((self.high - self.low) / self.step + 1e-9) + 1

    def at(self, share: float) -> float:
        """See `Distribution`."""
        if self.step is None:
            return self.low + (self.high - self.low) * share
        return self.low + min(int(share * self.count), self.count - 1) * self.step

    def share_of(self, value: Value) -> float:
        """See `Distribution`."""
        if self.low == self.high:
            return 0.0
        if self.step is None:
            return _cut((float(value) - self.low) / (self.high - self.low))
        index = min(max(round((float(value) - self.low) / self.step), 0), self.count - 1)
        return (index + 0.5) / self.count


@dataclass(frozen=True)
class Choices:
    """One of several values, by weight."""

    values: tuple[Value, ...]
    weights: tuple[float, ...] = ()
    """Empty: all alike."""

    def __post_init__(self) -> None:
        if not self.values or (self.weights and len(self.weights) != len(self.values)):
            raise SuiteError(f"choices need values and, if any, a weight each: {self.values}, {self.weights}.")
        if self.weights and not (min(self.weights) >= 0 and sum(self.weights) > 0):
            raise SuiteError(f"weights must be 0 or more and not all 0, not {self.weights}.")

    def at(self, share: float) -> Value:
        """See `Distribution`."""
        weights = self.weights or (1.0,) * len(self.values)
        left = share * sum(weights)
        for value, weight in zip(self.values, weights, strict=True):
            left -= weight
            if left < 0:
                return value
        return self.values[-1]

    def share_of(self, value: Value) -> float:
        """See `Distribution`. Raises `SuiteError` for a value that is not among them."""
        if value not in self.values:
            raise SuiteError(f"{value!r} is none of the values {self.values}. Name one of them.")
        weights, index = self.weights or (1.0,) * len(self.values), self.values.index(value)
        return _cut((sum(weights[:index]) + weights[index] / 2) / sum(weights))


@dataclass(frozen=True)
class Normal:
    """A normal distribution, cut to bounds where there are any; `log` for one of the logarithm."""

    mean: float
    variance: float
    low: float = -math.inf
    high: float = math.inf
    log: bool = False

    def __post_init__(self) -> None:
        if not (self.variance > 0 and self.low < self.high):
            raise SuiteError(
                f"a normal distribution needs a variance above 0 and low < high, not {self.variance}, {self.low} to {self.high}."
            )

    def at(self, share: float) -> float:
        """See `Distribution`."""
        low, high = (self._logged(bound) for bound in (self.low, self.high))
        begin, end = self._below(low), self._below(high)
        place = min(max(begin + (end - begin) * share, 1e-12), 1.0 - 1e-12)
        value = min(max(self._normal.inv_cdf(place), low), high)
        return math.exp(value) if self.log else value

    def share_of(self, value: Value) -> float:
        """See `Distribution`."""
        begin, end = (self._below(self._logged(bound)) for bound in (self.low, self.high))
        return _cut((self._below(self._logged(float(value))) - begin) / (end - begin))

    @property
    def _normal(self) -> NormalDist:
        return NormalDist(self.mean, math.sqrt(self.variance))

    def _below(self, bound: float) -> float:
        return self._normal.cdf(bound) if math.isfinite(bound) else float(bound > 0)

    def _logged(self, bound: float) -> float:
        if not self.log:
            return bound
        return math.log(bound) if bound > 0 else -math.inf


@dataclass(frozen=True)
class Histogram:
    """Evenly within bins, which have weights. bounds: one more than weights, rising."""

    bounds: tuple[float, ...]
    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        rising = all(one < other for one, other in zip(self.bounds, self.bounds[1:], strict=False))
        if len(self.bounds) != len(self.weights) + 1 or not self.weights or not rising:
            raise SuiteError(f"a histogram needs rising bounds, one more than weights: {self.bounds}, {self.weights}.")
        if not (min(self.weights) >= 0 and sum(self.weights) > 0):
            raise SuiteError(f"weights must be 0 or more and not all 0, not {self.weights}.")

    def at(self, share: float) -> float:
        """See `Distribution`."""
        left = share * sum(self.weights)
        for low, high, weight in zip(self.bounds, self.bounds[1:], self.weights, strict=False):
            if left < weight:
                return low + (high - low) * left / weight
            left -= weight
        return self.bounds[-1]

    def share_of(self, value: Value) -> float:
        """See `Distribution`."""
        number, before = float(value), 0.0
        for low, high, weight in zip(self.bounds, self.bounds[1:], self.weights, strict=False):
            before += weight * min(max((number - low) / (high - low), 0.0), 1.0)
        return _cut(before / sum(self.weights))


@dataclass(frozen=True)
class Poisson:
    """How many of rare events happen; counts beyond bounds do not occur."""

    expected: float
    low: float = 0.0
    high: float = math.inf

    def __post_init__(self) -> None:
        if not 0 < self.expected < 500:  # exp(-500) still is a number
            raise SuiteError(f"a Poisson distribution expects more than 0 and fewer than 500, not {self.expected}.")
        if not math.ceil(max(self.low, 0.0)) <= self.high:
            raise SuiteError(f"a Poisson distribution needs a count from {self.low} to {self.high}; there is none.")

    def at(self, share: float) -> float:
        """See `Distribution`."""
        chances = self._chances()
        left = share * sum(chances.values())
        for count, chance in chances.items():
            left -= chance
            if left < 0:
                return float(count)
        return float(max(chances))

    def share_of(self, value: Value) -> float:
        """See `Distribution`."""
        chances, number = self._chances(), round(float(value))
        below = sum(chance for count, chance in chances.items() if count < number)
        return _cut((below + chances.get(number, 0.0) / 2) / sum(chances.values()))

    def _chances(self) -> dict[int, float]:
        """Of every count within the bounds."""
        first, last = math.ceil(max(self.low, 0.0)), int(min(self.high, MOST_EVENTS))
        chances = [math.exp(-self.expected)]
        for count in range(1, last + 1):
            chances.append(chances[-1] * self.expected / count)
        return {count: chances[count] for count in range(first, last + 1)}
