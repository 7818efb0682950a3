"""Files that say how the parameters of a scenario vary: ParameterValueDistribution. Source: OpenSCENARIO XML 1.3, 9.3.

Sets and ranges of one parameter become `Choices` and `Uniform` with a step; how many of them are run is the runner's matter, not the
file's. A set of values for several parameters at once would need a parameter that chooses among sets, which the model has not: it
is refused. So are values that are words, since words decide what a scenario's elements are.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from sim_suite.driving.documents.xml import Node
from sim_suite.driving.storyboard.distributions import Choices, Distribution, Histogram, Normal, Poisson, Uniform
from sim_suite.driving.storyboard.parameters import Parameter
from sim_suite.driving.storyboard.xosc.forms import Attribute, Bare, Child, Element, Many
from sim_suite.driving.storyboard.xosc.kinds import NUMBER, TEXT
from sim_suite.driving.storyboard.xosc.reading.context import Context
from sim_suite.errors import SuiteError, UnknownNameError

_INFINITE: Final = {"INF": math.inf, "+INF": math.inf, "-INF": -math.inf}
"""Source: XML Schema, `xsd:double`."""


@dataclass(frozen=True)
class _FixedKind:
    """A number of a distribution, which is not a matter of other parameters."""

    infinite: bool = False
    """Whether it may be INF."""

    def read(self, text: str, where: Node, name: str, context: Context) -> float:
        """See `Kind`."""
        if self.infinite and text.strip() in _INFINITE:
            return _INFINITE[text.strip()]
        return context.scope.value(NUMBER.read(text, where, name, context))

    def write(self, value: float) -> str:
        """See `Kind`."""
        return NUMBER.write(value)


FIXED: Final = _FixedKind()


def _range(kind: _FixedKind) -> Element:
    low, high = Attribute("lowerLimit", kind), Attribute("upperLimit", kind)
    return Element(lambda low, high: (low, high), low=low, high=high)


_RANGE: Final = Child("Range", _range(FIXED))
_CUT: Final = Child("Range", _range(_FixedKind(infinite=True)), (-math.inf, math.inf))
_EXPECTED: Final = Attribute("expectedValue", FIXED)
_VARIANCE: Final = Attribute("variance", FIXED)
_WEIGHT: Final = Attribute("weight", FIXED)
_VALUE: Final = Attribute("value", FIXED)


def _histogram(bins: tuple[tuple[float, tuple[float, float]], ...]) -> Histogram:
    """Bins one after the other; gaps between them have no weight."""
    bounds, weights = [bins[0][1][0]], list[float]()
    for weight, (low, high) in bins:
        if low > bounds[-1]:
            bounds, weights = [*bounds, low], [*weights, 0.0]
        elif low < bounds[-1]:
            raise SuiteError("the bins of a histogram must follow each other.")
        bounds, weights = [*bounds, high], [*weights, weight]
    return Histogram(tuple(bounds), tuple(weights))


SINGLE: Final = {
    "DistributionSet": Element(lambda values: Choices(values), values=Many("Element", Bare("value", FIXED), least=1)),
    "DistributionRange": Element(
        lambda step, bounds: Uniform(bounds[0], bounds[1], step), step=Attribute("stepWidth", FIXED), bounds=_RANGE
    ),
}
"""Deterministic distributions of one parameter."""
STOCHASTIC: Final = {
    "ProbabilityDistributionSet": Element(
        lambda elements: Choices(tuple(value for value, _ in elements), tuple(weight for _, weight in elements)),
        elements=Many("Element", Element(lambda value, weight: (value, weight), value=_VALUE, weight=_WEIGHT), least=1),
    ),
    "NormalDistribution": Element(
        lambda mean, variance, cut: Normal(mean, variance, *cut), mean=_EXPECTED, variance=_VARIANCE, cut=_CUT
    ),
    "LogNormalDistribution": Element(
        lambda mean, variance, cut: Normal(mean, variance, cut[0], cut[1], log=True),
        mean=_EXPECTED,
        variance=_VARIANCE,
        cut=_CUT,
    ),
    "UniformDistribution": Element(lambda bounds: Uniform(*bounds), bounds=_RANGE),
    "PoissonDistribution": Element(lambda mean, cut: Poisson(mean, max(cut[0], 0.0), cut[1]), mean=_EXPECTED, cut=_CUT),
    "Histogram": Element(
        _histogram,
        bins=Many("Bin", Element(lambda weight, bounds: (weight, bounds), weight=_WEIGHT, bounds=_RANGE), least=1),
    ),
}
"""Stochastic distributions."""
REFUSED: Final = {
    "DeterministicMultiParameterDistribution": "values of several parameters at once; vary each by itself",
    "ValueSetDistribution": "values of several parameters at once; vary each by itself",
    "UserDefinedDistribution": "what it means is not in the file",
}
"""Distributions that are not read, and why."""


def read_distributions(node: Node, context: Context) -> dict[str, tuple[Node, Distribution]]:
    """What a ParameterValueDistribution says of each parameter, with the element that says it."""
    return dict(_parts(node, context))


def vary(
    parameters: tuple[Parameter, ...], distributions: dict[str, tuple[Node, Distribution]], context: Context
) -> tuple[Parameter, ...]:
    """The parameters with their distributions. Raises `ScenarioFileError` for one that there is not, or that is a word."""
    known = {one.name: one for one in parameters}
    for name, (node, _) in distributions.items():
        if name not in known:
            raise context.placed(node, UnknownNameError("parameter", name, known))
        if known[name].type in ("string", "boolean"):
            raise context.refuse(node, f"{name} is no number; words are the same in all variations. Use --set.")
    return tuple(
        replace(one, distribution=distributions[one.name][1]) if one.name in distributions else one
        for one in parameters
    )


def _parts(node: Node, context: Context) -> Iterator[tuple[str, tuple[Node, Distribution]]]:
    for block in node.children:
        if block.tag == "Deterministic":
            yield from _block(block, "DeterministicSingleParameterDistribution", SINGLE, context)
        elif block.tag == "Stochastic":
            yield from _block(block, "StochasticDistribution", STOCHASTIC, context)
            context.note("how many runs are drawn, and by which seed, says the command line")
        elif block.tag != "ScenarioFile":
            raise context.refuse(block, "not supported in <ParameterValueDistribution>. Take it out.")


def _block(
    block: Node, wrapper: str, table: dict[str, Element], context: Context
) -> Iterator[tuple[str, tuple[Node, Distribution]]]:
    for one in block.children:
        if one.tag in REFUSED:
            raise context.refuse(one, f"not supported: {REFUSED[one.tag]}.")
        if one.tag != wrapper or len(one.children) != 1:
            raise context.refuse(one, f"in <{block.tag}> there are <{wrapper}>, each with one distribution.")
        inner = one.children[0]
        if inner.tag not in table:
            why = REFUSED.get(inner.tag, f"there are {', '.join(table)}")
            raise context.refuse(inner, f"not supported: {why}.")
        name = Attribute("parameterName", TEXT).read(one, context)
        yield name, (inner, _made(table[inner.tag].read, inner, context))


def _made(read: Callable[[Node, Context], Distribution], node: Node, context: Context) -> Distribution:
    """A distribution that something can be drawn from."""
    try:
        made = read(node, context)
        made.at(0.5)
    except (TypeError, ArithmeticError) as error:
        raise context.refuse(node, f"nothing can be drawn from it: {error}.") from None
    return made
