"""A board game as a Gymnasium environment: one player's seat, the other taken by an opponent. Source: ours.

Observation and mask are those of PettingZoo's classic games, planes first; `pettingzoo_face.py` has both seats.
"""

from __future__ import annotations

from typing import Any, Literal

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from sim_suite.boards.game import ONGOING, Position
from sim_suite.boards.registry import game_named
from sim_suite.envs.boards.opponents import Opponent, move_of, opponent_of
from sim_suite.envs.boards.picture import picture
from sim_suite.envs.boards.seen import Seen, seen_by, space_of
from sim_suite.errors import SuiteError

Illegal = Literal["lose", "error"]


class BoardEnv(gym.Env[Seen, np.int64]):
    """
    ## Description
    One seat of a board game for two; an opponent has the other. A step is a move of the agent and the opponent's answer.

    ## Action Space
    `Discrete(A)`: the game's moves by number; in Othello and Go the last one is a pass. `info["moves"]` names those played.

    | Game         | Moves                                          |
    |--------------|------------------------------------------------|
    | Connect Four | the column, from the left                      |
    | the others   | columns * row + column, row 0 on top; then pass |

    ## Observation Space
    `Dict`, as the agent sees the board, whichever seat it has

    | Key           | Values                   | Meaning                                                                  |
    |---------------|--------------------------|--------------------------------------------------------------------------|
    | `observation` | float32 [P, rows, columns] | plane 0 own stones, 1 the opponent's, then what the game's rules need  |
    | `action_mask` | int8 [A]                 | 1 where a move is legal; all 0 once the game is over                     |

    Go's further planes: points that are forbidden though empty; ones for the first player; ones after a pass; the share of
    the plies that are played.

    ## Rewards
    1 for a won game, -1 for a lost one, 0 for a drawn one and for every other step.

    ## Starting State
    An empty board (Othello: four stones). Who begins is drawn by the seed, or given by the argument `first` or by
    `reset(options={"first": True})`; where the opponent begins, its first move is played.

    ## Episode End
    - Termination: the game is over. With `illegal="lose"`, as with PettingZoo's classic games, an illegal move loses it, and
      `info["illegal"]` is True; with `illegal="error"` it raises `SuiteError`, naming the legal ones.

    ## Information
    `{"first": whether the agent has the first seat, "moves": names of all moves so far}`. `env.unwrapped.game` has the rules,
    `env.unwrapped.position` a copy of the position, int64 [S], from which a search can play on.

    ## Arguments
    | Argument      | Default          | Meaning                                                                       |
    |---------------|------------------|-------------------------------------------------------------------------------|
    | `game`        | `"connect_four"` | a name of `sim_suite.boards.registry`                                         |
    | `opponent`    | `"random"`       | `"random"`, `"one_ply"`, or a callable of (game, position, random numbers)    |
    | `first`       | `None`           | whether the agent begins; None draws it                                       |
    | `illegal`     | `"lose"`         | what an illegal move does: `"lose"` or `"error"`                              |
    | `render_mode` | `None`           | `"ansi"` or `"rgb_array"`                                                     |

    ## Version History
    - v0: first version
    """

    # Gymnasium declares it as an instance variable, so ClassVar is refused by mypy.
    metadata: dict[str, Any] = {  # noqa: RUF012
        "render_modes": ["ansi", "rgb_array"],
        "render_fps": 2,
    }

    def __init__(
        self,
        game: str = "connect_four",
        opponent: str | Opponent = "random",
        first: bool | None = None,
        illegal: Illegal = "lose",
        render_mode: str | None = None,
    ) -> None:
        """Raises `SuiteError` at an argument that makes no sense."""
        if render_mode is not None and render_mode not in self.metadata["render_modes"]:
            raise SuiteError(f"render_mode must be 'ansi', 'rgb_array' or None, not {render_mode!r}.")
        if illegal not in ("lose", "error"):
            raise SuiteError(f"illegal must be 'lose' or 'error', not {illegal!r}.")
        self.game = game_named(game)
        self.opponent = opponent_of(opponent)
        self.observation_space = space_of(self.game)
        self.action_space: gym.spaces.Discrete[np.int64] = gym.spaces.Discrete(self.game.actions)
        self.render_mode = render_mode
        self._first, self._illegal = _seat(first, "first"), illegal
        self._position: Position | None = None
        self._player = 0
        self._moves: list[int] = []
        self._over = False

    @property
    def position(self) -> Position:
        """A copy of the position, int64 [S]."""
        return self._present().copy()

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Seen, dict[str, Any]]:
        """Begin a game. `options` may hold "first", whether the agent begins."""
        super().reset(seed=seed)
        given = _seat((options or {}).get("first"), "options['first']")
        first = self._first if given is None else given
        drawn = bool(self.np_random.integers(2) == 0)
        self._player = 0 if (drawn if first is None else first) else 1
        self._position, self._moves, self._over = self.game.start(), [], False
        self._let_opponent_play()
        return self._seen(), self._info()

    def step(self, action: np.int64) -> tuple[Seen, float, bool, bool, dict[str, Any]]:
        """Play one move, and the opponent's answer."""
        position = self._present()
        if self._over:
            raise SuiteError("the game is over: call reset() before step().")
        if not self.action_space.contains(action):
            raise SuiteError(f"an action must be a whole number below {self.action_space.n}, not {action!r}.")
        if int(action) not in self.game.legal_moves(position):
            if self._illegal == "error":
                self.game.after(position, int(action))  # raises, naming the legal moves
            self._over = True
            return self._seen(), -1.0, True, False, {**self._info(), "illegal": True}
        self._play(int(action))
        self._let_opponent_play()
        result = self.game.outcome(position)
        self._over = result != ONGOING
        reward = (result if self._player == 0 else -result) if self._over else 0
        return self._seen(), float(reward), self._over, False, self._info()

    def render(self) -> Any:  # Gymnasium's own return type, gym.core.RenderFrame, is unbound for a subclass
        """The position as text ("ansi") or as uint8 [height_px, width_px, 3] ("rgb_array")."""
        position = self._present()
        if self.render_mode == "ansi":
            return self.game.text(position)
        if self.render_mode == "rgb_array":
            return picture(self.game, position, self._moves[-1] if self._moves else None)
        raise SuiteError(
            "this environment was made without a render_mode; make it with render_mode='rgb_array' or 'ansi'."
        )

    def _let_opponent_play(self) -> None:
        """Until it is the agent's turn or the game is over."""
        position = self._present()
        while self.game.outcome(position) == ONGOING and self.game.mover(position) != self._player:
            self._play(move_of(self.opponent, self.game, position, self.np_random))

    def _play(self, move: int) -> None:
        self.game.play(self._present(), move)
        self._moves.append(move)

    def _present(self) -> NDArray[np.int64]:
        if self._position is None:
            raise gym.error.ResetNeeded("call reset() first: no game has begun.")
        return self._position

    def _seen(self) -> Seen:
        """After an illegal move that lost, nothing is legal any more."""
        seen = seen_by(self.game, self._present(), self._player)
        if self._over:
            seen["action_mask"][:] = 0
        return seen

    def _info(self) -> dict[str, Any]:
        return {"first": self._player == 0, "moves": [self.game.move_names[move] for move in self._moves]}


def _seat(given: Any, what: str) -> bool | None:
    """What was given of who begins. Raises `SuiteError` unless it is True, False or None."""
    if given is not None and not isinstance(given, bool | np.bool_):
        raise SuiteError(f"{what} says whether the agent begins: True, False or None, not {given!r}.")
    return None if given is None else bool(given)
