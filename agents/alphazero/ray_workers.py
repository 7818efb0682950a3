"""Self-play on a Ray cluster: the same workers as here, each in a process of its own, on whatever node has room. Source: ours.

Ray finds its cluster by RAY_ADDRESS; without one it starts on this machine. Nothing is scheduled by hand. A round ends when all have
played their share, and what they played is learned from in the order of their numbers, so that a run is a function of its seed here too.
Network and games travel through Ray's own store; nothing of it is kept on disk.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any, Final

import torch

from agents.alphazero.config import PlayOptions
from agents.alphazero.networks import ResidualNetwork, Sizes
from agents.alphazero.workers import Arrays, Told, Worker
from sim_suite.boards.game import Game
from sim_suite.boards.registry import game_named
from sim_suite.boards.search.self_play import Played
from sim_suite.errors import SuiteError
from sim_suite.learning.torch_blocks import threads

PATIENCE_S: Final = 600.0
"""How long workers may wait for room in the cluster. The first compiles the search where nobody has yet, which takes some 20 s."""


class RayCrew:
    """Workers that are Ray actors of one CPU each."""

    def __init__(
        self, game: Game, play: PlayOptions, seed: int, sizes: Sizes, network: ResidualNetwork, precision: str
    ) -> None:
        """As of `Worker`; sizes: the network's; the first says which arithmetic all play in. Raises `SuiteError` where Ray is not
        installed or has no room."""
        self._ray = _started(play.workers)
        actor = self._ray.remote(num_cpus=1, num_gpus=play.ray_gpus, max_restarts=0)(_RayWorker)
        device, weights = torch.device("cuda" if play.ray_gpus else "cpu"), self._put(network)
        self._actors: list[Any] = []
        for number in range(play.workers):
            self._actors.append(actor.remote(game.name, play, seed, number, sizes, weights, device, precision))
            if not number:
                precision = self._ready(play.workers)
        self.precision = self._ready(play.workers)

    def follow(self, network: ResidualNetwork) -> None:
        """See `Crew`."""
        weights = self._put(network)
        self._each(lambda one: one.follow.remote(weights))

    def play_until(self, goals: Sequence[int]) -> list[list[Played]]:
        """See `Crew`. Raises `SuiteError` where a worker's process is lost: the run goes on from its last checkpoint by --resume."""
        return self._get([one.play_until.remote(goal) for one, goal in zip(self._actors, goals, strict=True)])

    def told(self) -> list[Told]:
        """See `Crew`."""
        return self._each(lambda one: one.told.remote())

    def arrays(self) -> list[Arrays]:
        """See `Crew`."""
        return self._each(lambda one: one.arrays.remote())

    def restore(self, arrays: Sequence[Arrays]) -> None:
        """See `Crew`."""
        self._get([one.restore.remote(kept) for one, kept in zip(self._actors, arrays, strict=True)])

    def _each(self, call: Callable[[Any], Any]) -> list[Any]:
        return self._get([call(one) for one in self._actors])

    def _put(self, network: ResidualNetwork) -> Any:
        return self._ray.put({name: tensor.cpu() for name, tensor in network.state_dict().items()})

    def _ready(self, workers: int) -> str:
        """Wait for all that were asked for; their arithmetic."""
        try:
            return str(self._get([one.precision.remote() for one in self._actors], PATIENCE_S)[0])
        except self._ray.exceptions.GetTimeoutError as error:
            raise SuiteError(
                f"the Ray cluster found no room for {workers} workers of one CPU each within {PATIENCE_S:.0f} s: "
                f"{self._ray.cluster_resources()}. Ask for fewer (--set play.workers=N)."
            ) from error

    def _get(self, pending: list[Any], timeout: float | None = None) -> list[Any]:
        try:
            found: list[Any] = self._ray.get(pending, timeout=timeout)
        except self._ray.exceptions.RayActorError as error:
            raise SuiteError(
                f"a Ray worker was lost ({type(error).__name__}). Go on from the last checkpoint with --resume RUN."
            ) from error
        return found


class _RayWorker:
    """A `Worker` behind a process's border."""

    def __init__(
        self,
        game: str,
        play: PlayOptions,
        seed: int,
        number: int,
        sizes: Sizes,
        weights: dict[str, Any],
        device: torch.device,
        precision: str,
    ) -> None:
        rules = game_named(game)
        self._network = ResidualNetwork(rules.planes, rules.shape, rules.actions, sizes)
        self._network.load_state_dict(weights)
        self._worker = Worker(rules, play, seed, number, self._network, device, precision)

    def precision(self) -> str:
        return self._worker.precision

    def follow(self, weights: dict[str, Any]) -> None:
        self._network.load_state_dict(weights)
        self._worker.follow(self._network)

    def play_until(self, moves: int) -> list[Played]:
        with threads(1):
            return self._worker.play_until(moves)

    def told(self) -> Told:
        return self._worker.told()

    def arrays(self) -> Arrays:
        return self._worker.games.arrays()

    def restore(self, arrays: Arrays) -> None:
        # What Ray hands over is read-only; the games copy it into arrays of their own.
        self._worker.games.restore(arrays)


def _started(workers: int) -> Any:
    """The module ray, connected to its cluster."""
    try:
        import ray
    except ImportError as error:
        raise SuiteError("play.where='ray' needs Ray: pip install \"sim-suite[ray]\".") from error
    if not ray.is_initialized():
        ray.init(
            num_cpus=None if "RAY_ADDRESS" in os.environ else workers, log_to_driver=False, include_dashboard=False
        )
    return ray
