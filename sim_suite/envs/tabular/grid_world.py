"""The 4x4 gridworld with two terminal corners, whose values under a random policy are printed in every textbook.

Source: Sutton and Barto, "Reinforcement Learning: An Introduction", 2nd edition (MIT Press 2018), Example 4.1 and
Figure 4.1.
"""

from __future__ import annotations

import numpy as np

from sim_suite.envs.tabular.picture import Picture, blank_grid, draw_robot
from sim_suite.envs.tabular.world import TabularEnv, Transitions

LEFT, DOWN, RIGHT, UP = 0, 1, 2, 3
MOVES = {LEFT: (0, -1), DOWN: (1, 0), RIGHT: (0, 1), UP: (-1, 0)}
SIDE = 4
TERMINAL = (0, SIDE * SIDE - 1)
STEP_REWARD = -1.0


class GridWorldEnv(TabularEnv):
    """
    ## Description
    A board of four by four cells. Two opposite corners end the episode, every step costs one, and a step off the board
    leaves the agent where it is. The task is undiscounted: the best return from a cell is minus its distance to the
    nearer of those corners.

    ## Action Space
    `Discrete(4)`, in the order of Gymnasium's FrozenLake

    | Number | Action     |
    |--------|------------|
    | 0      | move left  |
    | 1      | move down  |
    | 2      | move right |
    | 3      | move up    |

    ## Observation Space
    `Discrete(16)`: the cell, 4 * row + column, both counted from the top left corner.

    ## Rewards
    -1 for each step.

    ## Starting State
    One of the 14 cells that are not terminal, all equally likely; or `reset(options={"state": n})`.

    ## Episode End
    - Termination: the agent is in cell 0 (top left) or cell 15 (bottom right).
    - Truncation: after 100 steps, by the limit it is registered with.

    ## Information
    `reset` and `step` return `{"prob": p}`, the probability of what happened. The whole table is
    `env.unwrapped.P[state][action] = [(probability, next_state, reward, terminated)]`.

    ## Arguments
    | Argument      | Default | Meaning                                      |
    |---------------|---------|----------------------------------------------|
    | `render_mode` | `None`  | `"ansi"` or `"rgb_array"` (256 x 256 pixels) |

    ## Version History
    - v0: first version
    """

    def __init__(self, render_mode: str | None = None) -> None:
        start = np.full(SIDE * SIDE, 1.0 / (SIDE * SIDE - len(TERMINAL)))
        start[list(TERMINAL)] = 0.0
        super().__init__(_transitions(), start, render_mode)

    def _text(self, state: int) -> str:
        cells = ["T" if cell in TERMINAL else "." for cell in range(SIDE * SIDE)]
        cells[state] = "R"
        return "".join(" ".join(cells[row * SIDE : (row + 1) * SIDE]) + "\n" for row in range(SIDE))

    def _picture(self, state: int) -> Picture:
        picture = blank_grid(SIDE, SIDE, shaded=TERMINAL)
        draw_robot(picture, state, SIDE)
        return picture


def _transitions() -> Transitions:
    table: Transitions = {}
    for state in range(SIDE * SIDE):
        row, column = divmod(state, SIDE)
        table[state] = {}
        for action, (down, right) in MOVES.items():
            if state in TERMINAL:
                table[state][action] = [(1.0, state, 0.0, True)]
                continue
            inside = 0 <= row + down < SIDE and 0 <= column + right < SIDE
            arrived = state + SIDE * down + right if inside else state
            table[state][action] = [(1.0, arrived, STEP_REWARD, arrived in TERMINAL)]
    return table
