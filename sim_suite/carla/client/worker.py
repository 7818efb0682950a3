"""The process that holds CARLA's client: does what it is asked over a pipe, and puts the world back when the other end is gone.

CARLA's client can hang, holds the interpreter while it waits, and ends its process at bytes that it cannot read: here it can be killed, and
nothing else dies of it. `python -m sim_suite.carla.client.worker FILE_NUMBER`, with an end of a socket pair under that number.
Source: ours; the calls are CARLA 0.9.16's.
"""

from __future__ import annotations

import signal
import socket
import sys
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final

from sim_suite.carla.client.pipe import Pipe
from sim_suite.carla.client.visit import Visit

DONE: Final = "done"
REFUSED: Final = "refused"
FAULT: Final = "fault"
TIMED_OUT: Final = "timed out"
_TIMEOUT_WORDS: Final = "time-out"
"""In the text of the error that the client raises."""


def serve(pipe: Pipe) -> None:
    """Answer until the other end is gone or says to close."""
    visit = Visit()
    calls: Mapping[str, Callable[..., Any]] = {
        "open": visit.open, "load": visit.load, "enter": visit.enter, "people": visit.people,
        "tick": visit.tick, "leave": visit.leave,
    }  # fmt: skip
    try:
        while True:
            what, *arguments = pipe.receive()
            if what == "close":
                break
            pipe.send(_answer(calls[what], arguments))
    except (EOFError, OSError):
        pass
    finally:
        visit.close()
    with suppress(OSError):
        pipe.send([DONE, None])


def _answer(call: Callable[..., Any], arguments: list[Any]) -> list[Any]:
    try:
        return [DONE, call(*arguments)]
    except RuntimeError as error:  # how CARLA's client says everything
        return [TIMED_OUT if _TIMEOUT_WORDS in str(error) else REFUSED, " ".join(str(error).split())]
    except Exception:
        return [FAULT, traceback.format_exc()]


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the other end, which closes the pipe
    serve(Pipe(socket.socket(fileno=int(sys.argv[1]))))
