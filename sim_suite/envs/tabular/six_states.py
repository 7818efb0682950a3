"""The six-state cleaning robot: the smallest world in which planning ahead beats the nearest reward.

Source: Busoniu, Babuska, De Schutter, Ernst, "Reinforcement Learning and Dynamic Programming Using Function
Approximators" (CRC Press 2010), Example 2.1.
"""

from __future__ import annotations

import numpy as np

from sim_suite.envs.tabular.picture import Picture, blank_grid, draw_battery, draw_can, draw_robot
from sim_suite.envs.tabular.world import TabularEnv, Transitions
from sim_suite.errors import SuiteError

LEFT, RIGHT = 0, 1
NUM_STATES = 6
BATTERY, CAN = 0, 5
BATTERY_REWARD, CAN_REWARD = 1.0, 5.0


class SixStatesEnv(TabularEnv):
    """
    ## Description
    A cleaning robot stands in a corridor of six places. At the left end it can charge its battery, at the right end it
    can pick up an empty can, which is worth more. Each step moves it one place. With the book's discount of 0.5 the can
    is worth the way from every place but the one beside the battery.

    ## Action Space
    `Discrete(2)`

    | Number | Action     |
    |--------|------------|
    | 0      | move left  |
    | 1      | move right |

    ## Observation Space
    `Discrete(6)`: the place.

    | Number | Place                                    |
    |--------|------------------------------------------|
    | 0      | the battery charger, where episodes end  |
    | 1 to 4 | the corridor, from left to right         |
    | 5      | the can, where episodes end              |

    ## Rewards
    | Event                  | Reward |
    |------------------------|--------|
    | arriving at the charger | 1     |
    | arriving at the can     | 5     |
    | any other step          | 0     |

    ## Starting State
    One of the places 1 to 4, all equally likely; or the one given by the argument `start`, or by
    `reset(options={"state": n})`.

    ## Episode End
    - Termination: the robot is at place 0 or 5.
    - Truncation: after 100 steps, by the limit it is registered with.

    ## Information
    `reset` and `step` return `{"prob": p}`, the probability of what happened. The whole table is
    `env.unwrapped.P[state][action] = [(probability, next_state, reward, terminated)]`.

    ## Arguments
    | Argument      | Default | Meaning                                      |
    |---------------|---------|----------------------------------------------|
    | `start`       | `None`  | the place to start in, 1 to 4; None draws it |
    | `render_mode` | `None`  | `"ansi"` or `"rgb_array"` (64 x 384 pixels)  |

    ## Version History
    - v0: first version
    """

    def __init__(self, start: int | None = None, render_mode: str | None = None) -> None:
        """Raises `SuiteError` unless `start` is None or a place from 1 to 4."""
        if start is not None and start not in range(1, NUM_STATES - 1):
            raise SuiteError(f"start must be a place from 1 to {NUM_STATES - 2} or None, not {start!r}.")
        places = range(1, NUM_STATES - 1) if start is None else [start]
        distribution = np.zeros(NUM_STATES)
        distribution[list(places)] = 1.0 / len(places)
        super().__init__(_transitions(), distribution, render_mode)

    def _text(self, state: int) -> str:
        places = ["B", ".", ".", ".", ".", "C"]
        places[state] = "R"
        return " ".join(places) + "\n"

    def _picture(self, state: int) -> Picture:
        picture = blank_grid(1, NUM_STATES)
        draw_battery(picture, BATTERY, NUM_STATES)
        draw_can(picture, CAN, NUM_STATES)
        draw_robot(picture, state, NUM_STATES)
        return picture


def _transitions() -> Transitions:
    table: Transitions = {}
    for state in range(NUM_STATES):
        table[state] = {}
        for action, move in ((LEFT, -1), (RIGHT, 1)):
            if state in (BATTERY, CAN):
                table[state][action] = [(1.0, state, 0.0, True)]
                continue
            arrived = state + move
            reward = BATTERY_REWARD if arrived == BATTERY else CAN_REWARD if arrived == CAN else 0.0
            table[state][action] = [(1.0, arrived, reward, arrived in (BATTERY, CAN))]
    return table
