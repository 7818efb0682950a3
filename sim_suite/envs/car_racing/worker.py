"""A process that steps some of a vector's CarRacing worlds: `python -m sim_suite.envs.car_racing.worker`. Source: ours.

It is started by `crew`. It is a program of its own, not a `multiprocessing` child, so that scripts need no
`if __name__ == "__main__"` and nothing is pickled.

Orders come on the standard input, one JSON object a line, {"number": n, "do": "make" | "reset", ...}; the commonest,
a step, is the short line `s<n>`. Frames, actions and the number of the last order carried out lie in a file that both
processes have mapped. After each order one byte on the standard output wakes the parent: `.`, or `!` and the error.
"""

from __future__ import annotations

import contextlib
import json
import mmap
import os
import signal
import traceback
from pathlib import Path
from typing import IO, Any

import numpy as np

STEP = b"s"
ERROR = b"!"
LONGEST_ERROR = 2000
"""Bytes. A pipe takes 4096 in one piece."""


def main() -> None:
    """Serve until the input ends, which it does when the parent ends in whatever way."""
    # Ctrl-C reaches the whole process group; the parent decides what becomes of its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What libraries print on importing, such as pygame's greeting, must not get among the answers.
    answers = os.dup(1)
    os.dup2(2, 1)
    with open(0, "rb", closefd=False) as orders:
        serve(orders, answers)


def serve(orders: IO[bytes], answers: int) -> None:
    """Carry out orders; answers: the descriptor to write to."""
    from sim_suite.envs.car_racing.worlds import Order, Worlds

    try:
        made = json.loads(orders.readline())
        order = Order(**made["order"])
        memory = _mapped(Path(made["path"]))
        carried_out = np.ndarray(1, np.int64, buffer=memory, offset=order.nbytes() + 8 * made["worker"])
        worlds = Worlds(order, memory, made["first"], made["last"])
        carried_out[0] = made["number"]
        os.write(answers, b".")
        for line in orders:
            if line.startswith(STEP):
                worlds.step()
                carried_out[0] = int(line[1:])
            else:
                asked: dict[str, Any] = json.loads(line)
                worlds.reset(asked["seeds"], asked["mask"], asked["options"])
                carried_out[0] = asked["number"]
            os.write(answers, b".")
    except BrokenPipeError:  # the parent has ended before it was answered: nobody is left to hear of anything
        pass
    except Exception as error:  # whatever it is, the parent must hear of it
        traceback.print_exc()
        with contextlib.suppress(BrokenPipeError):
            os.write(answers, ERROR + f"{type(error).__name__}: {error}".encode()[:LONGEST_ERROR])


def _mapped(path: Path) -> mmap.mmap:
    with path.open("r+b") as file:
        return mmap.mmap(file.fileno(), 0)


if __name__ == "__main__":
    main()
