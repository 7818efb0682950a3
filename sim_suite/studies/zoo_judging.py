"""What judges an entry of the zoo: a task of a suite, or perfect play at a board game. Source: ours.

A judge says what score.json holds, and, of an entry as it is now, where it differs from what that holds. The second looks at a small part,
so that it can be asked again and again.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np

from agents import checkpoint
from agents.alphazero.agent import BoardAgent
from agents.naming import build, find
from sim_suite.envs.making import make
from sim_suite.errors import SuiteError
from sim_suite.files import read_json
from sim_suite.leaderboard import suite as suites
from sim_suite.leaderboard.arena.judges import Judge as Positions
from sim_suite.leaderboard.arena.judges import ask, judge_of
from sim_suite.leaderboard.compare import Options, compare
from sim_suite.leaderboard.episode import play
from sim_suite.leaderboard.results import SCORES
from sim_suite.leaderboard.suite import Suite

Score = dict[str, Any]
"""What score.json holds."""
POLICY: Final = "the policy alone"
_ROUNDING: Final = 1e-9
"""Of a score that is a sum in float64."""
_ASKED: Final = 48
"""Positions that are looked at again, evenly apart."""
_LEAST_ALIKE: Final = 0.9
"""Share of moves that are the recorded ones: another processor's sums end in other bits, which tips the move where two are alike."""


class Judge(Protocol):
    """One way to judge an entry."""

    def score(self, name: str, folder: Path, workers: int) -> Score:
        """Judge the checkpoint in a folder under an entry's name. workers: processes; 0: in this one."""

    def differences(self, folder: Path, said: Mapping[str, Any]) -> Iterator[str]:
        """In words, where a small part of the judging comes out otherwise than score.json said; nothing where all is as recorded."""


@dataclass(frozen=True)
class SuiteTask:
    """A task of a suite, on the suite's own seeds."""

    suite: str
    task: str
    again: tuple[int, ...] = (0, 7, 42)
    """Episodes that are played again: each has to lie between the lowest and the highest that were recorded."""

    def score(self, name: str, folder: Path, workers: int) -> Score:
        """The entry's figures on the task, and how to get them again."""
        alone = only(suites.load(self.suite), self.task)
        with tempfile.TemporaryDirectory() as scratch:
            compare(alone, [f"{name}={folder}"], Path(scratch) / "judged", Options(workers=workers, clips=False))
            entries = read_json(Path(scratch) / "judged" / SCORES)["sections"][self.suite]["entries"]
        task = alone.tasks[0]
        return {
            "command": f"sim-suite leaderboard {self.suite} --agents zoo:{name} --out runs/{name}",
            "task": task.name,
            "seeds": [task.seed(0), task.seed(task.episodes - 1)],
            "score": entries[name]["tasks"][task.name],
        }

    def differences(self, folder: Path, said: Mapping[str, Any]) -> Iterator[str]:
        """No episode that ended well, or one of a few that now lies outside."""
        task, score = suites.load(self.suite).task(self.task), said["score"]
        if score["episodes"]["ok"] < 1:
            yield "no recorded episode ended well"
            return
        agent = build(find(str(folder)), task.env, task.kwargs, 0)
        for episode in self.again:
            with make(task.env, agent.interface.observation, kwargs=task.kwargs) as env:
                seed = task.seed(episode)
                row = play(env, agent, task=task.name, entry=folder.name, run=0, episode=episode, seed=seed)
            scored = row.metrics[task.score] if task.score else row.episode_return
            if not score["lowest"] - _ROUNDING <= scored <= score["highest"] + _ROUNDING:
                recorded = f"{score['lowest']} to {score['highest']}"
                yield f"episode {episode} of {task.name} scored {scored}, not {recorded} as recorded"


@dataclass(frozen=True)
class PerfectPlay:
    """Moves of a board agent in positions that are solved, with its search and by its policy alone.

    An error is a move of less value than the best. Every move is recorded, so that the shares can be counted again from the file.
    """

    game: str

    def score(self, name: str, folder: Path, workers: int) -> Score:
        """Value-keeping moves of each player by column, [kept, positions], and the moves in the positions' order."""
        positions, players = self._positions(), players_of(folder)
        game = players[POLICY].spec.board_game()
        moves = {who: ask(game, positions, agent, 0) for who, agent in players.items()}
        return {
            "command": f"python -m sim_suite.studies.board_strength agents/zoo/{name}",
            "game": self.game,
            "positions": positions.what,
            "score": {
                who: {"kept": counts(positions, made), "moves": " ".join(map(str, made))} for who, made in moves.items()
            },
        }

    def differences(self, folder: Path, said: Mapping[str, Any]) -> Iterator[str]:
        """A share that does not follow from the recorded moves, or a player that now moves otherwise."""
        positions, players = self._positions(), players_of(folder)
        if said["score"].keys() != players.keys():
            yield f"recorded are {', '.join(said['score'])}, not {', '.join(players)}"
            return
        count = len(positions.labelled.positions)
        few = np.arange(count) % (count // _ASKED) == 0
        some = replace(positions, labelled=positions.labelled.where(few), columns={})
        for who, agent in players.items():
            recorded = tuple(int(move) for move in said["score"][who]["moves"].split())
            if counts(positions, recorded) != said["score"][who]["kept"]:
                yield f"{who}: the recorded moves keep {counts(positions, recorded)}, not {said['score'][who]['kept']}"
            alike = np.mean(np.array(ask(agent.spec.board_game(), some, agent, 0)) == np.array(recorded)[few])
            if alike < _LEAST_ALIKE:
                yield f"{who}: {alike:.0%} of {few.sum()} moves are the recorded ones, fewer than {_LEAST_ALIKE:.0%}"

    def _positions(self) -> Positions:
        found = judge_of(self.game)
        if found is None:
            raise SuiteError(f"{self.game!r} is solved by nobody here; judge its agents in a suite.")
        return found


def players_of(folder: Path) -> dict[str, BoardAgent]:
    """The checkpoint's agent without its search, and as it is, by what they are called. Raises `SuiteError` for another agent."""
    agent, _ = checkpoint.load(folder)
    if not isinstance(agent, BoardAgent):
        raise SuiteError(f"{folder} holds {type(agent).__name__}, not an agent that alphazero trained.")
    alone = BoardAgent(replace(agent.spec, simulations=0), agent.network)
    return {POLICY: alone, f"{agent.spec.simulations} simulations": agent}


def counts(positions: Positions, moves: tuple[int, ...]) -> dict[str, list[int]]:
    """[value-keeping moves, positions] by column. moves: one a position."""
    return {column: list(share) for column, share in positions.shares(moves).items()}


def only(suite: Suite, task: str) -> Suite:
    """The suite with a single task."""
    return Suite(suite.name, suite.version, suite.summary, (suite.task(task),))
