"""Plays several episodes at once with an agent that is asked about all of them together (`agents.interface`: `side_by_side`).

A network answers for eight cars in two to three times what it takes for one. The agent is shown two rows at least, as it asks for: one
that is alone stands in both. So an episode goes the same way whoever is played beside it. Where the agent fails, it is not known by
which row; what was being played then is played again, one at a time. Source: ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from agents.interface import Agent
from sim_suite.leaderboard.episode import Course, Fault, Row, checked_action

AT_ONCE: Final = 8
"""Episodes."""
IN_STEP: Final = 10
"""Episodes begin in every tenth step: an agent whose actions hold for two steps, or five, then decides for all of them in the same one."""


@dataclass
class Opened:
    """An episode that has not begun."""

    env: gym.Env[Any, Any]
    course: Course
    """`episode.course_of` that environment."""


Opening = Callable[[], Opened | Row]
"""Makes the environment of an episode; the row where it cannot be made. It may be called twice."""


@dataclass
class _Seat:
    """An episode that is being played."""

    opening: Opening
    opened: Opened
    observation: Any
    state: NDArray[Any] | None = None
    """The agent's, of this row, where it keeps one."""
    begins: bool = True


def is_asked_together(agent: Agent, deterministic: bool) -> bool:
    """Whether an agent is to be asked about several episodes at once."""
    return deterministic and bool(getattr(agent, "side_by_side", False))


def play_together(agent: Agent, openings: Sequence[Opening], at_once: int = AT_ONCE) -> Iterator[Row]:
    """The rows of all episodes, each as it ends; environments are closed. An episode's row does not depend on `at_once`."""
    interrupted: list[Opening] = []
    yield from _play(agent, openings, at_once, interrupted)
    yield from _play(agent, interrupted, 1, [])


def _play(agent: Agent, openings: Sequence[Opening], at_once: int, interrupted: list[Opening]) -> Iterator[Row]:
    """interrupted: is given the episodes that were being played as the agent failed, unless one was played alone."""
    waiting, seats = list(openings)[::-1], list[_Seat]()
    step = 0
    try:
        while waiting or seats:
            step = step + 1 if seats else 0
            while waiting and len(seats) < at_once and step % IN_STEP == 0:
                found = _seated(waiting.pop())
                if isinstance(found, Row):
                    yield found
                else:
                    seats.append(found)
            if not seats:
                return
            try:
                actions = _asked(agent, seats)
            except Exception as error:
                if at_once > 1:
                    interrupted += [seat.opening for seat in seats]
                else:
                    yield _failed(seats[0], error)
                _leave(seats)
                continue
            ended = [(seat, row) for seat, action in zip(seats, actions, strict=True) if (row := _moved(seat, action))]
            seats = [seat for seat in seats if all(seat is not other for other, _ in ended)]
            _leave([seat for seat, _ in ended])
            yield from (row for _, row in ended)
    finally:
        _leave(seats)


def _leave(seats: list[_Seat]) -> None:
    while seats:
        seats.pop().opened.env.close()


def _seated(opening: Opening) -> _Seat | Row:
    opened = opening()
    if isinstance(opened, Row):
        return opened
    try:
        return _Seat(opening, opened, next(opened.course))
    except StopIteration as over:
        opened.env.close()
        row: Row = over.value
        return row


def _asked(agent: Agent, seats: Sequence[_Seat]) -> list[Any]:
    """An answer for each, not checked yet. Raises what the agent raises, and `ValueError` for another number of answers."""
    rows = list(seats) if len(seats) > 1 else [seats[0], seats[0]]
    begins = np.array([seat.begins for seat in rows])
    known = next((seat.state for seat in rows if seat.state is not None), None)
    state = None
    if known is not None:
        state = np.stack([np.zeros_like(known) if seat.state is None else seat.state for seat in rows])
    actions, state = agent.predict(_batch([seat.observation for seat in rows]), state, begins, True)
    answers = np.asarray(actions)
    if len(answers) != len(rows):
        raise ValueError(f"predict must return {len(rows)} actions for as many observations, not {len(answers)}")
    for number, seat in enumerate(seats):
        seat.state, seat.begins = None if state is None else np.asarray(state[number]), False
    return list(answers[: len(seats)])


def _batch(observations: list[Any]) -> Any:
    """As `episode.play` shows one: arrays and numbers as an array [B, ...], all else as a list."""
    if isinstance(observations[0], np.ndarray | np.generic | int | float):
        return np.stack(observations)
    return observations


def _moved(seat: _Seat, answer: Any) -> Row | None:
    """The row where the episode ended by this answer."""
    try:
        try:
            action = checked_action(answer[None], seat.opened.env.action_space)
        except Exception as error:
            seat.opened.course.throw(Fault("agent_error", error))
        else:
            seat.observation = seat.opened.course.send(action)
    except StopIteration as over:
        row: Row = over.value
        return row
    return None


def _failed(seat: _Seat, error: Exception) -> Row:
    try:
        seat.opened.course.throw(Fault("agent_error", error))
    except StopIteration as over:
        row: Row = over.value
        return row
    raise AssertionError("a fault ends a course")
