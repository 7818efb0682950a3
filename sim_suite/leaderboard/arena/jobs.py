"""An arena's jobs: some games of a pair, or the judging of one agent, and how a process does them. Jobs travel as plain data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from threadpoolctl import threadpool_limits

from agents.interface import Agent
from agents.naming import build, find
from sim_suite.leaderboard.arena.judges import ask, judge_of
from sim_suite.leaderboard.arena.playing import PlayedGame, play
from sim_suite.leaderboard.arena.records import GameRow, Judgement, Outcome, Pairing
from sim_suite.leaderboard.arena.seat import Seat
from sim_suite.leaderboard.arena.suite import GameSpec


@dataclass(frozen=True)
class MatchJob:
    """Games of a pair, in order."""

    spec: GameSpec
    pairing: Pairing
    agents: tuple[str, str]
    """Names of `pairing.one` and `pairing.other`, as on the command line."""
    trust: bool
    episodes: tuple[int, ...]
    """Numbers of the games: game 2 k and 2 k + 1 begin with opening k."""
    openings: tuple[tuple[int, ...], ...]
    """The moves of the opening of each."""

    @property
    def env(self) -> str:
        """The environment that both are made for."""
        return self.spec.env

    def results(self) -> Iterator[GameRow]:
        """Play. Both agents are built once, and begin each game anew."""
        with threadpool_limits(
            limits=1
        ):  # sums in another order are other sums, and no game may depend on the number of processors
            one, other = (Seat(self.spec.game, _built(name, self.spec, self.trust)) for name in self.agents)
            for number, opening in zip(self.episodes, self.openings, strict=True):
                seats = (one, other) if number % 2 == 0 else (other, one)
                played = play(seats, opening, seed=self.spec.seed, opening=number // 2)
                yield self._row(number, len(opening), played)

    def lost(self, episode: int, reason: str) -> GameRow:
        """What stands for a game whose process died."""
        opening = self.openings[self.episodes.index(episode)]
        pair = self.pairing
        return GameRow(
            pair.game, pair.one, pair.other, episode, "worker_died", None, len(opening), opening, message=reason
        )

    def rest(self, episodes: tuple[int, ...]) -> MatchJob:
        """With these games only, and their openings."""
        openings = tuple(self.openings[self.episodes.index(number)] for number in episodes)
        return replace(self, episodes=episodes, openings=openings)

    def one_by_one(self) -> None:
        """Games are played one after another."""

    def _row(self, number: int, opening_plies: int, played: PlayedGame) -> GameRow:
        pair = self.pairing
        faulty = "" if played.faulty is None else pair.sides(number)[played.faulty]
        outcome: Outcome = "ok" if played.faulty is None else "agent_error"
        return GameRow(
            pair.game, pair.one, pair.other, number, outcome, played.result, opening_plies, played.moves, faulty, played.message
        )  # fmt: skip


@dataclass(frozen=True)
class JudgeJob:
    """One agent's answers to all judged positions of a game."""

    spec: GameSpec
    label: str
    agent: str
    """Its name, as on the command line."""
    trust: bool
    episodes: tuple[int, ...] = (0,)

    @property
    def env(self) -> str:
        """The environment that it is made for."""
        return self.spec.env

    def results(self) -> Iterator[Judgement]:
        """Ask. Whatever the agent raises is written down."""
        judge = judge_of(self.spec.name)
        assert judge is not None
        with threadpool_limits(limits=1):
            try:
                moves = ask(self.spec.game, judge, _built(self.agent, self.spec, self.trust), self.spec.seed)
            except Exception as error:
                yield self.lost(0, f"{type(error).__name__}: {error}".replace("\n", " ")[:500])
                return
        yield Judgement(self.spec.name, self.label, moves)

    def lost(self, episode: int, reason: str) -> Judgement:
        """What stands for it where the process died."""
        return Judgement(self.spec.name, self.label, (), reason)

    def rest(self, episodes: tuple[int, ...]) -> JudgeJob:
        """With these episodes only."""
        return replace(self, episodes=episodes)

    def one_by_one(self) -> None:
        """There is one."""


def _built(name: str, spec: GameSpec, trust: bool) -> Agent:
    return build(find(name, trust=trust), spec.env, {}, seed=0)
