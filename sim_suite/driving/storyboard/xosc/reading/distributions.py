"""Files that say how the parameters of a scenario vary: ParameterValueDistribution. Source: OpenSCENARIO XML 1.3, 9.3.

Sets and ranges of one parameter become `Choices` and `Uniform` with a step; how many of them are run is the runner's matter, not the
file's. Sets of values for several parameters at once are the matter of `value_sets`. Words decide what a scenario's elements are: a
set of one word counts like a setting, and of several one must be set.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Container, Iterator
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
MULTI: Final = ("DeterministicMultiParameterDistribution", "ValueSetDistribution")
"""Distributions of several parameters at once."""
REFUSED: Final = {
    "UserDefinedDistribution": "what it means is not in the file",
}
"""Distributions that are not read, and why."""


Sets = dict[str, tuple[Node, tuple[str, ...]]]


def read_sets(node: Node, context: Context) -> Sets:
    """Values of each DistributionSet as they stand in the file, by parameter, with the element."""
    found: Sets = {}
    for block in node.all("Deterministic"):
        for one in block.all("DeterministicSingleParameterDistribution"):
            values = one.first("DistributionSet")
            if values is not None:
                name = Attribute("parameterName", TEXT).read(one, context)
                found[name] = values, Many("Element", Bare("value", TEXT), least=1).read(values, context)
    return found


def settings_of(sets: Sets) -> dict[str, str]:
    """Sets of one value, which count like settings."""
    return {name: values[0] for name, (_, values) in sets.items() if len(values) == 1}


def declared_words(root: Node) -> set[str]:
    """Parameters of a scenario that are words or flags: they are the same in all variations."""
    declared = [one for block in root.all("ParameterDeclarations") for one in block.all("ParameterDeclaration")]
    return {
        one.attributes.get("name", "")
        for one in declared
        if one.attributes.get("parameterType") in ("string", "boolean")
    }


def words_of(sets: Sets, words: Container[str], settings: Container[str], context: Context) -> dict[str, str]:
    """The first of each set of words that nothing was chosen from, with a note: words are the same in all variations."""
    found = {}
    for name, (_, values) in sets.items():
        if len(values) > 1 and name not in settings and name in words:
            found[name] = values[0]
            context.note(f"{name} is {values[0]} in all variations; --set may choose another of {', '.join(values)}")
    return found


def vary(
    parameters: tuple[Parameter, ...], node: Node, sets: Sets, chosen: Container[str], context: Context
) -> tuple[Parameter, ...]:
    """The parameters with their distributions. chosen: names that were set, among them words.

    Raises `ScenarioFileError` for a distribution of what there is not, or of words that were not chosen.
    """
    words = {one.name for one in parameters if one.type in ("string", "boolean")}
    for name, (element, values) in sets.items():
        if name in words and name not in chosen:
            listed = ", ".join(values)
            raise context.refuse(
                element, f"{name} is a word, the same in all variations. Choose by --set one of {listed}."
            )
    distributions = dict(_parts(node, words | settings_of(sets).keys(), context))
    known = {one.name: one for one in parameters}
    for name, (element, _) in distributions.items():
        if name not in known:
            raise context.placed(element, UnknownNameError("parameter", name, known))
    return tuple(
        replace(one, distribution=distributions[one.name][1]) if one.name in distributions else one
        for one in parameters
    )


def _parts(node: Node, without: Container[str], context: Context) -> Iterator[tuple[str, tuple[Node, Distribution]]]:
    for block in node.children:
        if block.tag == "Deterministic":
            yield from _block(block, "DeterministicSingleParameterDistribution", SINGLE, without, context)
        elif block.tag == "Stochastic":
            yield from _block(block, "StochasticDistribution", STOCHASTIC, without, context)
            context.note("how many runs are drawn, and by which seed, says the command line")
        elif block.tag != "ScenarioFile":
            raise context.refuse(block, "not supported in <ParameterValueDistribution>. Take it out.")


def _block(
    block: Node, wrapper: str, table: dict[str, Element], without: Container[str], context: Context
) -> Iterator[tuple[str, tuple[Node, Distribution]]]:
    for one in block.children:
        if one.tag in MULTI:
            continue
        if one.tag != wrapper or len(one.children) != 1:
            raise context.refuse(one, f"in <{block.tag}> there are <{wrapper}>, each with one distribution.")
        inner = one.children[0]
        if inner.tag not in table:
            why = REFUSED.get(inner.tag, f"there are {', '.join(table)}")
            raise context.refuse(inner, f"not supported: {why}.")
        name = Attribute("parameterName", TEXT).read(one, context)
        if inner.tag != "DistributionSet" or name not in without:
            yield name, (inner, _made(table[inner.tag].read, inner, context))


def _made(read: Callable[[Node, Context], Distribution], node: Node, context: Context) -> Distribution:
    """A distribution that something can be drawn from."""
    try:
        made = read(node, context)
        made.at(0.5)
    except (TypeError, ArithmeticError) as error:
        raise context.refuse(node, f"nothing can be drawn from it: {error}.") from None
    return made
