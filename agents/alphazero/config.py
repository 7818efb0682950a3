"""What a recipe may say about an AlphaZero run, checked once before anything is built. Sources at the fields."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from agents.alphazero.networks import Sizes
from sim_suite.boards.search.rules import GumbelRule, PuctRule, Rule
from sim_suite.errors import SuiteError
from sim_suite.refusals import refuse_less, refuse_outside, refuse_unknown

Precision = Literal["float32", "bfloat16", "auto"]
PRECISIONS: Final[tuple[Precision, ...]] = get_args(Precision)
RuleName = Literal["gumbel", "puct"]
RULES: Final[tuple[RuleName, ...]] = get_args(RuleName)


@dataclass(frozen=True)
class PlayOptions:
    """How games are played to learn from."""

    games: int = 64
    """Games that a worker plays at once, whose leaves are evaluated together."""
    workers: int = 1
    """Threads that play so many games each, with a thread of torch each."""
    rule: RuleName = "gumbel"
    """gumbel: Danihelka et al. 2022, for few simulations; puct: Silver et al. 2018, for many."""
    simulations: int = 32
    """Of a move that is learned from."""
    fast_simulations: int = 8
    """Of the others, where `full_share` is below 1."""
    full_share: float = 1.0
    """Share of moves that are searched in full and learned from, above 0 to 1. Wu 2019 (arXiv:1902.10565), section 3.1: 0.25."""
    reuse: bool = False
    """puct: whether a search goes on with the subtree of the move that was played."""
    warm_plies: int = 8
    """puct: plies at the beginning whose moves are drawn in proportion to visits."""
    random_plies: int = 0
    """Games begin with 0 to so many random moves, each number alike, that nothing is learned from: so that also positions are learned that
    good players avoid."""
    gumbel: GumbelRule = field(default_factory=GumbelRule)
    puct: PuctRule = field(default_factory=PuctRule)

    def __post_init__(self) -> None:
        refuse_less(
            self,
            {"games": 1, "workers": 1, "simulations": 1, "fast_simulations": 1, "warm_plies": 0, "random_plies": 0},
        )
        refuse_unknown("search rule", (self.rule,), RULES)
        refuse_outside(self, "full_share", 0.0, 1.0, open_below=True)
        if self.reuse and self.rule == "gumbel":
            raise SuiteError("a Gumbel search begins each move anew: leave reuse out, or set rule to 'puct'.")

    @property
    def search_rule(self) -> Rule:
        """The rule by which is searched."""
        return self.gumbel if self.rule == "gumbel" else self.puct


@dataclass(frozen=True)
class RatingOptions:
    """Matches against fixed players, to see how far a run is; they teach nothing."""

    every: int = 0
    """Environment steps between two ratings; 0: none."""
    games: int = 40
    """Against each of the fixed players: random ones, and UCT with so many rollouts; half of them with either side."""
    rollouts: int = 100
    opening_plies: int = 2
    """Random moves at the beginning of each pair of games."""

    def __post_init__(self) -> None:
        refuse_less(self, {"every": 0, "games": 2, "rollouts": 1, "opening_plies": 0})


@dataclass(frozen=True)
class GateOptions:
    """Whether a network must beat the one that plays before it plays itself. Silver et al. 2017 (Nature 550), methods, "Evaluator"."""

    games: int = 0
    """Of the match after each round; 0: the newest network plays, as in AlphaZero. AlphaGo Zero: 400."""
    score: float = 0.55
    """Least share of points, 0 to 1; AlphaGo Zero's."""
    opening_plies: int = 2
    """Random moves at the beginning of each pair of games."""

    def __post_init__(self) -> None:
        refuse_less(self, {"games": 0, "opening_plies": 0})
        refuse_outside(self, "score", 0.0, 1.0)


@dataclass(frozen=True)
class AlphaZeroConfig:
    """An AlphaZero run."""

    steps: int = 100_000
    """Moves played in all games together."""
    round_steps: int = 2000
    """Moves between two rounds of learning."""
    network: Sizes = field(default_factory=Sizes)
    play: PlayOptions = field(default_factory=PlayOptions)
    rating: RatingOptions = field(default_factory=RatingOptions)
    gate: GateOptions = field(default_factory=GateOptions)
    window: int = 50_000
    """Positions that are remembered, the newest. AlphaZero: those of the last 500,000 games."""
    passes: float = 4.0
    """How often a position is learned from on average while it is remembered."""
    batch_size: int = 256
    """Positions an update. AlphaZero: 4096."""
    learning_rate: float = 2e-3
    """Adam's greatest step size, above 0 to 1."""
    warm_up: float = 0.02
    """Share of the run over which it rises; then it falls along half a cosine."""
    l2: float = 1e-4
    """c of eq. 1, Silver et al. 2017; theirs."""
    max_gradient: float = 10.0
    """Longest gradient, as a norm over all parameters; longer ones are shortened."""
    search_value_share: float = 0.0
    """Share of the search's own value in the target of the value, 0 to 1, beside the outcome of the game; AlphaZero: 0."""
    precision: Precision = "auto"
    """Of the network's arithmetic. auto: the faster one on this machine, found by a few passes, so that the result is no longer a function
    of the seed alone."""
    threads: int = 1
    """CPU threads of torch while learning; 0 leaves torch's own choice."""
    agent_simulations: int = 64
    """Of the trained agent where it is shown positions; 0: the policy as it is."""

    def __post_init__(self) -> None:
        refuse_less(
            self, {"steps": 1, "round_steps": 1, "window": 1, "batch_size": 1, "threads": 0, "agent_simulations": 0}
        )
        refuse_unknown("precision", (self.precision,), PRECISIONS)
        refuse_outside(self, "passes", 0.0, 1000.0, open_below=True)
        refuse_outside(self, "learning_rate", 0.0, 1.0, open_below=True)
        refuse_outside(self, "max_gradient", 0.0, 1e6, open_below=True)
        for name in ("warm_up", "l2", "search_value_share"):
            refuse_outside(self, name, 0.0, 1.0)
