"""AlphaZero as a training run: play games against oneself, learn from them, and again.

Sources: Silver et al. 2018 (Science 362), 2017 (Nature 550) for the gate; Danihelka et al. 2022 (ICLR 2022) for few simulations.

A round is so many moves, then so many updates. Workers are threads, each with its own games and random draws; what they play depends
neither on each other nor on who is first.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from agents.alphazero.agent import BoardAgent
from agents.alphazero.config import AlphaZeroConfig
from agents.alphazero.descent import Descent, Update
from agents.alphazero.evaluating import Evaluator
from agents.alphazero.matches import match
from agents.alphazero.players import NetworkPlayer, Player
from agents.alphazero.rating import rate
from agents.alphazero.replay import Replay
from agents.alphazero.spec import BoardSpec
from agents.alphazero.tasks import game_of
from agents.interface import Task
from agents.learner import Metrics
from sim_suite.boards.game import Game
from sim_suite.boards.search.self_play import Plan, Played, SelfPlay
from sim_suite.learning.descent import warmed_up
from sim_suite.learning.learner_state import generator_state, read_state, restored_generator, write_state
from sim_suite.learning.torch_blocks import device_of, threads

_NAME: Final = "alphazero"
_DRAWING, _PLAYING, _MATCHES = 1, 2, 3
"""Random streams beside the one of the first weights, which is 0."""


class AlphaZeroLearner:
    """One training run."""

    def __init__(self, task: Task, config: AlphaZeroConfig, seed: int, device: str) -> None:
        """Raises `SuiteError` where the task is no board game."""
        self._config, self._seed = config, seed
        self._game = game_of(task)
        self._device = device_of(device)
        self._descent = Descent(self._game, config, seed, self._device)
        self._playing = copy.deepcopy(self._descent.network)
        """The network that plays; the one in training, unless a gate keeps that out."""
        self._play_precision: str = config.precision
        self._workers: list[_Worker] = []
        self._replay = Replay(self._game, config.window, config.search_value_share)
        self._drawing = np.random.Generator(np.random.PCG64([seed, _DRAWING]))
        self._rounds = 0
        self._owed = 0.0
        """Updates that are due."""

    @property
    def done_steps(self) -> int:
        """Moves played so far, those of the last round no more than were asked for."""
        return min(self._rounds * self._config.round_steps, self.total_steps)

    @property
    def total_steps(self) -> int:
        """Moves of the whole run."""
        return self._config.steps

    @property
    def agent(self) -> BoardAgent:
        """The policy as it is now; its network is the one in training."""
        config = self._config
        spec = BoardSpec(
            self._game.name, self._game.version, config.network, config.agent_simulations, config.play.search_rule
        )
        return BoardAgent(spec, self._descent.network)

    def run(self) -> Iterator[Metrics]:
        """Train to the end, yielding metrics after each round."""
        self._hire()
        while self.done_steps < self.total_steps:
            before = self.done_steps
            self._rounds += 1
            taught = self._play()
            told = self._learn(taught)
            metrics = self._metrics(told)
            if self._config.gate.games:
                metrics["gate_score"] = self._pass_gate()
            else:
                self._playing.load_state_dict(self._descent.network.state_dict())
            for worker in self._workers:
                worker.evaluator.follow(self._playing)
            yield metrics | self._rating(before)

    def save_state(self, folder: Path) -> None:
        """Write all that is needed to go on into an existing, empty folder."""
        self._hire()
        facts = {
            "rounds": self._rounds,
            "owed": self._owed,
            "updates": self._descent.updates,
            "precision": self._descent.precision,
            "play_precision": self._play_precision,
            "drawing": generator_state(self._drawing),
        }
        arrays = {f"replay.{name}": array for name, array in self._replay.arrays().items()}
        for number, worker in enumerate(self._workers):
            arrays |= {f"worker.{number}.{name}": array for name, array in worker.games.arrays().items()}
        networks = {"network": self._descent.network, "playing": self._playing}
        write_state(folder, _NAME, networks, self._descent.optimizer, arrays, facts)

    def load_state(self, folder: Path) -> None:
        """Go on where `save_state` wrote. Raises `SuiteError` where that was another run's."""
        networks = {"network": self._descent.network, "playing": self._playing}
        arrays, facts = read_state(folder, _NAME, networks, self._descent.optimizer)
        self._rounds, self._owed = int(facts["rounds"]), float(facts["owed"])
        self._descent.updates, self._descent.precision = int(facts["updates"]), str(facts["precision"])
        self._play_precision = str(facts["play_precision"])
        self._drawing = restored_generator(facts["drawing"])
        self._replay.restore(_under("replay.", arrays))
        self._hire()
        for number, worker in enumerate(self._workers):
            worker.games.restore(_under(f"worker.{number}.", arrays))

    def _hire(self) -> None:
        """Make the workers, unless there are some; the first says which arithmetic all play in."""
        for number in range(len(self._workers), self._config.play.workers):
            evaluator = self._evaluator(self._config.play.games)
            self._play_precision = evaluator.precision
            self._workers.append(_Worker(self._game, self._config, self._seed, number, evaluator))

    def _evaluator(self, games: int) -> Evaluator:
        with threads(1):
            return Evaluator(self._game, self._playing, games, self._device, self._play_precision)

    def _play(self) -> int:
        """A round of moves; how many positions were taught."""
        goal, count = self._rounds * self._config.round_steps, len(self._workers)
        goals = [goal * (number + 1) // count - goal * number // count for number in range(count)]
        with threads(1), ThreadPoolExecutor(count) as pool:
            played = list(pool.map(lambda pair: pair[0].play_until(pair[1]), zip(self._workers, goals, strict=True)))
        for one in (game for games in played for game in games):
            self._replay.add(one)
        return sum(len(game.outcomes) for games in played for game in games)

    def _learn(self, taught: int) -> list[Update]:
        """The updates that are due, once there is something to learn from."""
        config = self._config
        self._owed += taught * config.passes / config.batch_size
        count = int(self._owed)
        self._owed -= count
        warm_up = max(1, round(config.warm_up * self.total_steps))
        middle = round((self._rounds - 0.5) * config.round_steps)
        rate = config.learning_rate * warmed_up(middle, warm_up, self.total_steps)
        with threads(config.threads):
            return [
                self._descent.learn(self._replay.sample(config.batch_size, self._drawing), rate) for _ in range(count)
            ]

    def _pass_gate(self) -> float:
        """Let the network in training meet the one that plays, and take its place if it is good enough; its share of points."""
        gate, play = self._config.gate, self._config.play
        sides: list[Player] = []
        for network in (self._descent.network, self._playing):
            with threads(1):
                evaluator = Evaluator(self._game, network, play.games, self._device, self._play_precision)
            sides.append(NetworkPlayer(self._game, evaluator, play.simulations, play.search_rule))
        with threads(1):
            tally = match(self._game, sides[0], sides[1], gate.games, self._match_seed(), gate.opening_plies)
        if tally.score >= gate.score:
            self._playing.load_state_dict(self._descent.network.state_dict())
        return tally.score

    def _rating(self, before: int) -> Metrics:
        """Against the fixed players, where it is due since `before` steps, and at the end."""
        options = self._config.rating
        due = options.every and (
            self.done_steps // options.every > before // options.every or self.done_steps == self.total_steps
        )
        if not due:
            return {}
        with threads(1):
            evaluator = Evaluator(self._game, self._descent.network, options.games, self._device, self._play_precision)
            player = NetworkPlayer(self._game, evaluator, 0, self._config.play.search_rule)
            return rate(self._game, player, options, self._match_seed())

    def _match_seed(self) -> int:
        """Another one each round."""
        return int(np.random.SeedSequence([self._seed, _MATCHES, self._rounds]).generate_state(1)[0])

    def _metrics(self, told: list[Update]) -> Metrics:
        games = [worker.games for worker in self._workers]
        metrics = {
            "games": float(sum(one.ended for one in games)),
            "simulations": float(sum(one.simulations for one in games)),
            "remembered": float(len(self._replay)),
            "updates": float(self._descent.updates),
        }
        if told:
            means = [float(torch.stack(column).mean()) for column in zip(*told, strict=True)]
            loss = {
                "loss": means[0] + means[1],
                "value_loss": means[0],
                "policy_loss": means[1],
                "policy_excess": means[2],
            }
            return loss | metrics
        return metrics


class _Worker:
    """A thread's games and the network that plays them."""

    def __init__(self, game: Game, config: AlphaZeroConfig, seed: int, number: int, evaluator: Evaluator) -> None:
        play = config.play
        plan = Plan(play.simulations, play.fast_simulations, play.full_share, play.warm_plies, play.random_plies)
        own = int(np.random.SeedSequence([seed, _PLAYING, number]).generate_state(1, np.uint64)[0])
        self.evaluator = evaluator
        self.games = SelfPlay(game, play.games, play.search_rule, plan, own, evaluator.planes, play.reuse)

    def play_until(self, moves: int) -> list[Played]:
        """Play until so many moves have been played in all; what the games taught that ended meanwhile."""
        taught: list[Played] = []
        while self.games.moves < moves:
            taught += self.games.step(*self.evaluator())
        return taught


def _under(prefix: str, arrays: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}
