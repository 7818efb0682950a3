"""Follows Breakout's ball with the paddle, from the raw picture alone. Source: ours; no learning, no emulator state.

The ball's path is carried on to the paddle's row, mirrored at the side walls, and the paddle is sent there. Where on the paddle
it lands changes from hit to hit, since a ball that always lands in the middle may circle for ever.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from agents.interface import Batch, Interface
from sim_suite.envs.views import PIXELS

RED = (200, 72, 72)
"""Colour of ball and paddle, also of the top bricks, the right wall's end and nothing else in the field's free part."""
BALL_ROWS = ((32, 57), (63, 189))
"""Rows of ALE's 210 x 160 picture where red can only be the ball: all between ceiling and paddle but the red row of bricks."""
PADDLE_ROWS = (189, 193)
FIELD_COLUMNS = (8, 152)
"""Columns between the side walls."""
NOOP, FIRE, RIGHT, LEFT = range(4)
"""ALE's minimal action set of Breakout."""
DEADBAND_PX = 5.0
"""The paddle moves about 12 pixels a step of four frames: within half of that it is better left alone (3 and 7 scored less
on seeds 100 to 107)."""
AIM_PX = (0.0, 3.0, -3.0)
"""Where on the paddle (16 pixels wide, 8 after the ball has met the ceiling) the ball is taken, hit after hit. On seeds 100 to
105 this scored 73, the middle alone 49, five places up to 5 pixels out 51."""
FIELD_MIDDLE = 80.0
"""Column half-way between the walls."""
UNSEEN = -1.0


class BallFollower:
    """Predicts where the ball will come down and waits there; fires when there is no ball to be seen."""

    interface = Interface(PIXELS, "discrete")

    def predict(
        self,
        observation: Batch,
        state: NDArray[np.float64] | None = None,
        episode_start: NDArray[np.bool_] | None = None,
        deterministic: bool = False,
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """observation: [B, 210, 160, 3] uint8; state: [B, 4] float64 (ball row, ball column, sinking, hits). Returns [B], state."""
        pictures = np.asarray(observation)
        memory = np.tile([UNSEEN, UNSEEN, 0.0, 0.0], (len(pictures), 1)) if state is None else state.copy()
        if episode_start is not None:
            memory[episode_start] = (UNSEEN, UNSEEN, 0.0, 0.0)
        actions = np.empty(len(pictures), dtype=np.int64)
        for index, picture in enumerate(pictures):
            actions[index], memory[index] = follow(picture, memory[index])
        return actions, memory


def follow(picture: NDArray[np.uint8], memory: NDArray[np.float64]) -> tuple[int, NDArray[np.float64]]:
    """One step: picture [210, 160, 3] uint8 and memory [4] to an action and the next memory."""
    red = (picture == np.array(RED, dtype=np.uint8)).all(axis=2)
    balls = [found for rows in BALL_ROWS if (found := centre(red, rows)) is not None]
    ball, paddle = balls[-1] if balls else None, centre(red, PADDLE_ROWS)
    row, column, sinking, hits = memory
    if ball is None or paddle is None:
        return FIRE, np.array([UNSEEN, UNSEEN, 0.0, hits])
    known = row != UNSEEN
    down = ball[0] - row if known else 0.0
    sinks = float(down > 0)
    if sinking and not sinks:
        hits += 1
    target = landing(ball, down, ball[1] - column) if sinks else (ball[1] + FIELD_MIDDLE) / 2
    offset = target - AIM_PX[int(hits) % len(AIM_PX)] - paddle[1]
    action = NOOP if abs(offset) < DEADBAND_PX else RIGHT if offset > 0 else LEFT
    return action, np.array([ball[0], ball[1], sinks, hits])


def landing(ball: tuple[float, float], down: float, across: float) -> float:
    """Column where a ball at (row, column) that moves (down, across) pixels a step reaches the paddle, mirrored at the walls."""
    low, high = FIELD_COLUMNS[0], FIELD_COLUMNS[1] - 1
    steps = (PADDLE_ROWS[0] - ball[0]) / down
    span = high - low
    along = (ball[1] + across * steps - low) % (2 * span)
    return low + (along if along <= span else 2 * span - along)


def centre(red: NDArray[np.bool_], rows: tuple[int, int]) -> tuple[float, float] | None:
    """Middle (row, column) of the red pixels between the walls in these rows; None where there are none."""
    found = np.argwhere(red[rows[0] : rows[1], FIELD_COLUMNS[0] : FIELD_COLUMNS[1]])
    if len(found) == 0:
        return None
    row, column = found.mean(axis=0)
    return float(row) + rows[0], float(column) + FIELD_COLUMNS[0]
