"""A game between a person and an agent, as a value: what was played, whose turn it is, taking back. Source: ours; no terminal in it."""

from __future__ import annotations

from sim_suite.boards.game import ONGOING, Game, Position
from sim_suite.errors import SuiteError
from sim_suite.leaderboard.arena.seat import Seat


class Table:
    """One game. The person names moves, the agent answers."""

    def __init__(self, game: Game, seat: Seat, person: int, seed: int) -> None:
        """person: the side of the person, 0 moves first; seed: of the agent."""
        self.game, self.person, self.moves = game, person, list[int]()
        self._seat, self._seed = seat, seed
        self.position: Position = game.start()
        seat.begin(seed)

    @property
    def over(self) -> bool:
        """Whether nobody moves any more."""
        return self.game.outcome(self.position) != ONGOING

    @property
    def persons_turn(self) -> bool:
        """Whether the person is to move."""
        return not self.over and self.game.mover(self.position) == self.person

    @property
    def last(self) -> int | None:
        """The last move."""
        return self.moves[-1] if self.moves else None

    @property
    def points(self) -> int:
        """Of a game that is over, as the person sees it: 1 won, 0 drawn, -1 lost."""
        result = self.game.outcome(self.position)
        return result if self.person == 0 else -result

    def play(self, name: str) -> None:
        """The person's move by name. Raises `SuiteError` for one that is unknown or illegal."""
        self.position = self.game.after(self.position, name)
        self.moves.append(self.game.parse_move(name))

    def answer(self) -> int:
        """The agent's move, played. Raises `AgentFault`."""
        move = self._seat.move(self.position)
        self.position = self.game.after(self.position, move)
        self.moves.append(move)
        return move

    def take_back(self) -> None:
        """Undo the person's own last move and what the agent answered. Raises `SuiteError` where there is none."""
        for count in range(len(self.moves) - 1, -1, -1):
            position = self.game.after(self.game.start(), *self.moves[:count])
            if self.game.mover(position) == self.person:
                self.moves, self.position = self.moves[:count], position
                self._seat.begin(self._seed)
                return
        raise SuiteError("you have not moved yet: there is nothing to take back.")
