"""Who plays the games that are learned from: a worker has a batch of games, a network and random draws of its own. Source: ours.

What workers play depends neither on each other nor on who is first, nor on where they are: threads of this process (here) or
processes of a Ray cluster (`ray_workers.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from agents.alphazero.config import PlayOptions
from agents.alphazero.evaluating import Evaluator
from agents.alphazero.networks import ResidualNetwork
from sim_suite.boards.game import Game
from sim_suite.boards.search.self_play import Plan, Played, SelfPlay
from sim_suite.learning.torch_blocks import threads

Arrays = dict[str, NDArray[Any]]

_PLAYING = 2
"""The random stream of self-play beside the run's others (`learner.py`)."""


class Told(NamedTuple):
    """What a worker has done since the run began."""

    ended: int
    """Games that have ended."""
    simulations: int
    """Of the searches that have ended."""


class Crew(Protocol):
    """All workers of a run."""

    precision: str
    """float32 or bfloat16: what all of them evaluate in."""

    def follow(self, network: ResidualNetwork) -> None:
        """Take over a network's numbers."""

    def play_until(self, goals: Sequence[int]) -> list[list[Played]]:
        """Each plays until it has played so many moves in all; what the games taught that ended meanwhile, by worker."""

    def told(self) -> list[Told]:
        """By worker."""

    def arrays(self) -> list[Arrays]:
        """All that the open games know, by worker."""

    def restore(self, arrays: Sequence[Arrays]) -> None:
        """Go on from what `arrays` returned. Raises `SuiteError` where it is of other games or sizes."""


class Worker:
    """A batch of games and the network that plays them, with one thread of torch."""

    def __init__(
        self,
        game: Game,
        play: PlayOptions,
        seed: int,
        number: int,
        network: ResidualNetwork,
        device: torch.device,
        precision: str,
    ) -> None:
        """seed: the run's; precision: float32, bfloat16, or auto for the faster one here."""
        plan = Plan(play.simulations, play.fast_simulations, play.full_share, play.warm_plies, play.random_plies)
        own = int(np.random.SeedSequence([seed, _PLAYING, number]).generate_state(1, np.uint64)[0])
        with threads(1):
            self._evaluator = Evaluator(game, network, play.games, device, precision)
        self.precision = self._evaluator.precision
        self.games = SelfPlay(game, play.games, play.search_rule, plan, own, self._evaluator.planes, play.reuse)

    def follow(self, network: ResidualNetwork) -> None:
        """Take over a network's numbers."""
        self._evaluator.follow(network)

    def play_until(self, moves: int) -> list[Played]:
        """Play until so many moves have been played in all; what the games taught that ended meanwhile."""
        taught: list[Played] = []
        while self.games.moves < moves:
            taught += self.games.step(*self._evaluator())
        return taught

    def told(self) -> Told:
        """See `Told`."""
        return Told(self.games.ended, self.games.simulations)


class ThreadCrew:
    """Workers that are threads of this process."""

    def __init__(
        self, game: Game, play: PlayOptions, seed: int, network: ResidualNetwork, device: torch.device, precision: str
    ) -> None:
        """As of `Worker`; the first says which arithmetic all play in."""
        self.workers: list[Worker] = []
        for number in range(play.workers):
            self.workers.append(Worker(game, play, seed, number, network, device, precision))
            precision = self.workers[0].precision
        self.precision = precision

    def follow(self, network: ResidualNetwork) -> None:
        """See `Crew`."""
        for worker in self.workers:
            worker.follow(network)

    def play_until(self, goals: Sequence[int]) -> list[list[Played]]:
        """See `Crew`."""
        with threads(1), ThreadPoolExecutor(len(self.workers)) as pool:
            return list(pool.map(lambda pair: pair[0].play_until(pair[1]), zip(self.workers, goals, strict=True)))

    def told(self) -> list[Told]:
        """See `Crew`."""
        return [worker.told() for worker in self.workers]

    def arrays(self) -> list[Arrays]:
        """See `Crew`."""
        return [worker.games.arrays() for worker in self.workers]

    def restore(self, arrays: Sequence[Arrays]) -> None:
        """See `Crew`."""
        for worker, kept in zip(self.workers, arrays, strict=True):
            worker.games.restore(kept)
