"""CMA-ES: asks for candidates, is told how good they were, and remembers all it was told, from which it can be built again.

Sources: Hansen and Ostermeier 2001 (Evolutionary Computation 9), Hansen 2016 (arXiv:1604.00772); with `diagonal` the covariance matrix has
variances alone, which are learned (n + 2) / 3 times as fast (Ros and Hansen 2008, PPSN X). The algorithm is that of the library `cma`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import cma
import numpy as np
from numpy.typing import NDArray

from sim_suite.errors import SuiteError

Array = NDArray[np.float64]
_SILENT: Final = -10
"""Verbosity at which `cma` neither prints nor looks for a file of orders in the working directory."""
_CANDIDATES: Final = 0xC3A
"""Keeps the random numbers of candidates apart from others drawn from the same seed."""


class Evolution:
    """A search for the greatest fitness among vectors of D numbers, from zeros on."""

    def __init__(self, dimensions: int, population: int, sigma: float, diagonal: bool, seed: int) -> None:
        """dimensions: D; population: candidates of a generation; sigma: standard deviation of the first."""
        rng = np.random.default_rng([seed, _CANDIDATES])
        options: dict[str, Any] = {
            "popsize": population,
            "CMA_diagonal": diagonal,
            "randn": lambda *shape: rng.standard_normal(shape),
            "seed": np.nan,  # numpy's global stream is left alone
            "verbose": _SILENT,
        }
        self._search = cma.CMAEvolutionStrategy(np.zeros(dimensions), sigma, options)
        self._population = population
        self._asked: list[Array] | None = None
        self._told: list[Array] = []

    @property
    def generation(self) -> int:
        """Generations told of so far."""
        return len(self._told)

    @property
    def mean(self) -> Array:
        """[D], around which candidates are drawn: what the search holds to be best."""
        return np.array(self._search.mean, np.float64)

    @property
    def sigma(self) -> float:
        """The step size."""
        return float(self._search.sigma)

    @property
    def history(self) -> Array:
        """[generations, population] float64: all fitnesses told so far. With the arguments it is all that the search depends on."""
        return np.array(self._told, np.float64).reshape(-1, self._population)

    def ask(self) -> Array:
        """The candidates of this generation, [population, D]; the same until they were told of."""
        if self._asked is None:
            self._asked = [np.asarray(one, np.float64) for one in self._search.ask()]
        return np.stack(self._asked)

    def tell(self, fitness: Array) -> None:
        """How good they were, [population]; greater is better. Raises `SuiteError` for what is not a number for each."""
        values = np.asarray(fitness, np.float64)
        if values.shape != (self._population,) or not np.isfinite(values).all():
            raise SuiteError(
                f"a generation of {self._population} candidates wants as many finite numbers, not {values.shape} {values.tolist()}."
            )
        self.ask()
        assert self._asked is not None
        self._search.tell(self._asked, (-values).tolist())
        self._told.append(values.copy())
        self._asked = None

    def repeat(self, history: Iterable[Array]) -> None:
        """Go through generations that were told of before, in a search that has not begun: a run is taken up so without its matrix."""
        for fitness in history:
            self.tell(fitness)
