"""A simulator in this process, asked by calls without a socket between."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgpack

from sim_suite.carla.server.rpc.complete import CALLS, reply_to
from sim_suite.carla.server.rpc.table import Result
from sim_suite.carla.server.service import Service
from sim_suite.carla.server.simulator import Simulator, SimulatorOptions
from sim_suite.carla.wire import layout
from sim_suite.carla.wire.rpc import Request, read_reply
from sim_suite.carla.wire.streams import Token, pack_token


class Asked(Exception):
    """What a client would raise."""


class Asking:
    """One simulator in synchronous mode."""

    def __init__(self, map: str, **options: Any) -> None:
        self.simulator = Simulator(SimulatorOptions(map, **options), lambda stream: pack_token(Token(stream, 2001)))
        self.simulator.settings = self.simulator.settings._replace(synchronous=True)
        self.heard: list[tuple[int, bytes]] = []
        self.service = Service(self.simulator, self._publish)

    @staticmethod
    @cache
    def shared() -> Asking:
        """One for tests that change nothing."""
        return Asking("crossing_lights")

    def _publish(self, stepped: bool) -> None:
        self.heard += [
            (stream, bytes(message)) for stream, message in self.simulator.messages(lambda stream: True, stepped)
        ]

    def __call__(self, method: str, *arguments: Any) -> Any:
        """The value that a call returns; raises Asked with the text of its error."""
        reply = read_reply(msgpack.unpackb(reply_to(self.service, Request(7, method, list(arguments))), raw=False))
        assert reply.number == 7
        if reply.error is not None:
            raise Asked(reply.error)
        wrapped = reply.result
        kind = CALLS[method].result
        if kind is Result.BARE:
            return wrapped
        if kind is Result.VOID:
            if wrapped[0][0]:
                raise Asked(wrapped[0][1][0])
            return None
        if wrapped[0][0] == 0:
            raise Asked(wrapped[0][1][0])
        return wrapped[0][1]

    def spawn(self, type_id: str, x: float = 0.0, y: float = 0.0, yaw: float = 0.0, **attributes: str) -> int:
        """A new actor's number."""
        given = [[name, 4, value] for name, value in attributes.items()]
        return self("spawn_actor", [1, type_id, given], [[x, y, 0.5], [0.0, yaw, 0.0]])[0]

    def tick(self, times: int = 1) -> None:
        for _ in range(times):
            self("tick_cue")

    def record(self, actor: int) -> Any:
        """What the last state says of an actor, and more of a vehicle."""
        board = self.simulator.episode.board
        return board.records.view(layout.VEHICLE)[board.row_of[actor]]
