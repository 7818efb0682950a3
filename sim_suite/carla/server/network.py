"""The server on its two ports: calls come in on one, streams go out on the other; one thread does everything in turn. Source: ours.

A step is answered with its frame's number, then made, then sent, sensors' readings before the state: the client goes on when it has
both, and then waits for no data of that frame. In asynchronous mode the world steps by the clock, as long as somebody is connected.
When the last client leaves, synchronous mode ends with it, so that a script that died leaves a server that goes on.
"""

from __future__ import annotations

import gc
import os
import selectors
import socket
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeVar

import msgpack

from sim_suite.carla.server.peers import Caller, Listener, Peer
from sim_suite.carla.server.rpc.complete import reply_to
from sim_suite.carla.server.rpc.session import LOAD
from sim_suite.carla.server.service import Service
from sim_suite.carla.server.simulator import Simulator, SimulatorOptions
from sim_suite.carla.server.viewer.server import Viewer
from sim_suite.carla.wire import layout
from sim_suite.carla.wire.errors import WireError
from sim_suite.carla.wire.rpc import Wire, number_of, pack_failure, read_request
from sim_suite.carla.wire.streams import Token, pack_token
from sim_suite.driving.world.kinds import TICK_S
from sim_suite.errors import SuiteError

T = TypeVar("T")
_QUEUE: Final = 64
SPIN_S: Final = 200e-6
"""To be woken takes longer than a step: on two busy cores a car was stepped 7,700 times a second with this, 4,900 without; a client that
thinks for 20 ms between two steps costs the server a hundredth of a core."""
LISTENERS_S: Final = 0.5
"""So long a step waits for clients that have asked for a stream; on a busy machine their threads take a tenth of it to connect."""
QUIET_S: Final = 0.25
"""A client that runs a traffic manager and loads another world is answered when it has called nothing for so long: its traffic manager
ends the process if it is at work while the client lets go of the old world."""
MOST_HELD_S: Final = 2.0
"""The longest that it waits for that."""
_MOST_NOTES: Final = 1000
"""Different remarks that are said; then no more."""


@dataclass(frozen=True)
class Address:
    """Where the server is to be had. Checked when built."""

    host: str = "127.0.0.1"
    """IPv4 address; 0.0.0.0 for every network of the machine, which lets anybody on them in."""
    port: int = 2000
    """Of calls; 0 for any that is free."""
    streams: int = 0
    """Port of streams; 0 for the next one, or any free one where the port is 0."""

    def __post_init__(self) -> None:
        try:
            socket.inet_aton(self.host)
        except OSError as error:
            raise SuiteError(f"host is {self.host!r}; give an IPv4 address such as 127.0.0.1.") from error
        for name, port in (("port", self.port), ("streams", self.streams)):
            if not 0 <= port < 65536:
                raise SuiteError(f"{name} is {port}; give 0 to 65535.")


@dataclass
class Held:
    """A call that waits for its client to rest."""

    peer: Caller
    message: Wire
    until: float
    """When it is answered, of time.monotonic."""
    last: float
    """When it is answered at the latest."""


class Server:
    """The simulator behind its ports."""

    def __init__(self, options: SimulatorOptions, address: Address, say: Callable[[str], None]) -> None:
        """Load the map and open the ports. say: told once of each thing that was refused. Raises SuiteError."""
        self._selector = selectors.DefaultSelector()
        self._calls = _bound(address.host, address.port)
        self.port: int = self._calls.getsockname()[1]
        wanted = address.streams or (address.port + 1 if address.port else 0)
        try:
            self._streams = _bound(address.host, wanted)
        except SuiteError:
            self._calls.close()
            raise
        self.stream_port: int = self._streams.getsockname()[1]
        self._say = say
        self._said: set[str] = set()
        self._callers: set[Caller] = set()
        self._listeners: dict[int, list[Listener]] = {}
        self._held: Held | None = None
        self._next_step = 0.0
        self._is_stopped = False
        self._viewer: Viewer | None = None
        try:
            self.simulator = Simulator(options, self._token)
            # Only now: kernels that are compiled first take longer than a client waits. Who comes before is told that nobody is there.
            for opened in (self._streams, self._calls):
                _listen(opened)
        except BaseException:
            self._calls.close()
            self._streams.close()
            raise
        self.service = Service(self.simulator, self._publish)
        self._selector.register(self._calls, selectors.EVENT_READ, self._accept_caller)
        self._selector.register(self._streams, selectors.EVENT_READ, self._accept_listener)

    def _token(self, stream: int) -> bytes:
        return pack_token(Token(stream, self.stream_port))

    def watch(self, file: int, stop_at_end: Callable[[], bool]) -> None:
        """Stop when something can be read from a file and `stop_at_end` says so: how a parent's end is noticed."""
        self._selector.register(file, selectors.EVENT_READ, lambda: setattr(self, "_is_stopped", stop_at_end()))

    def show_in(self, viewer: Viewer) -> None:
        """Let a viewer show the world."""
        self._viewer = viewer
        self._selector.register(viewer.wake, selectors.EVENT_READ, lambda: viewer.answer_wake(self.simulator))

    def run(self) -> None:
        """Serve until stopped."""
        gc.collect()
        gc.freeze()  # maps and kernels stay: nothing is gained by looking at them again and again
        while not self._is_stopped:
            for key, ready in self._wait():
                if isinstance(key.data, Peer):
                    self._guarded(partial(self._attend, key.data, ready))
                else:
                    self._guarded(key.data)
            if self._runs_by_clock() and time.monotonic() >= self._next_step:
                period = self.simulator.step_ticks * TICK_S
                # Who was late does not catch up: the world would jump.
                self._next_step = max(self._next_step + period, time.monotonic())
                self._guarded(self._step_by_clock)
            if self._held is not None and time.monotonic() >= self._held.until:
                self._let_go()
            if self.simulator.notes:
                self._say_notes()

    def _wait(self) -> list[tuple[selectors.SelectorKey, int]]:
        """What has come. In synchronous mode the next call is usually on its way: it is looked for a little before sleeping."""
        if self._callers and self.simulator.settings.synchronous:
            until = time.perf_counter() + SPIN_S
            while time.perf_counter() < until:
                if found := self._selector.select(0):
                    return found
                _give_way()
        return self._selector.select(self._patience())

    def close(self) -> None:
        """Close all connections and ports."""
        for key in list(self._selector.get_map().values()):
            if isinstance(key.fileobj, socket.socket):
                key.fileobj.close()
        self._selector.close()

    def _step_by_clock(self) -> None:
        self.service.step()
        self.service.finish()

    def _runs_by_clock(self) -> bool:
        return bool(self._callers) and not self.simulator.settings.synchronous

    def _patience(self) -> float | None:
        due = [self._next_step] if self._runs_by_clock() else []
        due += [self._held.until] if self._held is not None else []
        return max(min(due) - time.monotonic(), 0.0) if due else None

    def _is_held(self, peer: Caller, message: Wire) -> bool:
        """Whether a call is kept back: the loading of a world where traffic managers run. Other calls put it off."""
        now = time.monotonic()
        if self._held is not None and self._held.peer is peer:
            self._held.until = min(now + QUIET_S, self._held.last)
        is_load = isinstance(message, list) and message[2:3] == [LOAD]
        if not is_load or self._held is not None or not self.simulator.traffic_managers:
            return False
        self._held = Held(peer, message, now + QUIET_S, now + MOST_HELD_S)
        return True

    def _let_go(self) -> None:
        assert self._held is not None
        held, self._held = self._held, None
        if held.peer in self._callers:
            reply, _ = self._reply(held.message)
            self._settle(held.peer, held.peer.answer([reply], awaited=True))

    def _accept_caller(self) -> None:
        connection = _accepted(self._calls)
        if connection is None:
            return
        peer = Caller(connection)
        if not self._callers:
            self._next_step = time.monotonic()
        self._callers.add(peer)
        self._selector.register(peer.connection, selectors.EVENT_READ, peer)

    def _accept_listener(self) -> None:
        connection = _accepted(self._streams)
        if connection is None:
            return
        peer = Listener(connection)
        self._selector.register(peer.connection, selectors.EVENT_READ, peer)

    def _attend(self, peer: Peer, ready: int) -> None:
        if ready & selectors.EVENT_WRITE:
            self._settle(peer, peer.flush())
        if ready & selectors.EVENT_READ and peer.connection.fileno() >= 0:
            data = peer.receive()
            if data is None:
                self._drop(peer)
            elif isinstance(peer, Caller):
                self._answer(peer, data)
            elif isinstance(peer, Listener) and peer.read_name(data):
                self._subscribe(peer)

    def _answer(self, peer: Caller, data: bytes) -> None:
        """Answer all calls in what has come; who does not speak MessagePack is dropped."""
        replies: list[bytes] = []
        awaited = False
        try:
            peer.unpacker.feed(data)
            for message in peer.unpacker:
                if self._is_held(peer, message):
                    continue
                reply, is_async = self._reply(message)
                replies.append(reply)
                awaited = awaited or not is_async
                if self.service.is_stepping:
                    self._settle(peer, peer.answer(replies, awaited))
                    replies, awaited = [], False
                    self._await_listeners()
                    self._guarded(self.service.finish)
        except (ValueError, msgpack.UnpackException, RecursionError) as error:
            self.simulator.note(f"a client was dropped that sent no MessagePack: {error or type(error).__name__}")
            self._drop(peer)
            return
        if replies:
            self._settle(peer, peer.answer(replies, awaited))

    def _reply(self, message: Wire) -> tuple[bytes, bool]:
        """(answer, whether nobody waits for it)"""
        try:
            request = read_request(message)
        except WireError as error:
            self.simulator.note(str(error))
            return pack_failure(number_of(message), str(error)), False
        answered = self._guarded(partial(reply_to, self.service, request))
        if answered is None:
            text = f"{request.method}: the server has a fault; its terminal says which."
            answered = pack_failure(request.number, text)
        return answered, request.is_async

    def _guarded(self, act: Callable[[], T]) -> T | None:
        """A fault of ours ends one call, or what a connection is attended to, not the server."""
        try:
            return act()
        except Exception:
            self._say(traceback.format_exc())
            return None

    def _publish(self, stepped: bool) -> None:
        if self.service.left is None:
            self._send_frame(stepped)
        else:
            self._next_step = time.monotonic() + LISTENERS_S  # or when the client that has loaded the episode listens
        if self._viewer is not None:
            self._viewer.show(self.simulator, anew=not stepped)

    def _send_frame(self, stepped: bool) -> None:
        listened = self._listeners
        for stream, message in self.simulator.messages(listened.__contains__, stepped):
            for peer in tuple(listened.get(stream, ())):
                # Without synchronous mode a slow listener misses frames rather than fall behind, as in CARLA.
                if not peer.waiting or self.simulator.settings.synchronous:
                    self._settle(peer, peer.send(message))

    def _subscribe(self, peer: Listener) -> None:
        self.service.expected.discard(peer.stream)
        if peer.stream != layout.STATE_STREAM and self.simulator.episode.on_stream(peer.stream) is None:
            self._drop(peer)
            return
        self._listeners.setdefault(peer.stream, []).append(peer)
        if peer.stream == layout.STATE_STREAM:
            if self.service.left is not None:
                self.service.left, self._next_step = None, time.monotonic()
            for _, message in self.simulator.messages(listened=lambda stream: False, stepped=False):
                self._settle(peer, peer.send(message))

    def _await_listeners(self) -> None:
        """Who listens to a sensor before a step hears of that step: a client connects by itself once it has a stream's token."""
        until = time.monotonic() + LISTENERS_S
        while self.service.expected and time.monotonic() < until:
            for key, ready in self._selector.select(0):
                if isinstance(key.data, Listener):
                    self._guarded(partial(self._attend, key.data, ready))
                elif key.fileobj is self._streams:
                    self._guarded(self._accept_listener)
            _give_way()
        self.service.expected.clear()

    def _settle(self, peer: Peer, is_there: bool) -> None:
        """After sending: wait until the rest can be sent, or let go of who is gone."""
        if not is_there:
            self._drop(peer)
            return
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if peer.waiting else 0)
        if peer.waiting or self._selector.get_key(peer.connection).events != wanted:
            self._selector.modify(peer.connection, wanted, peer)

    def _drop(self, peer: Peer) -> None:
        if peer.connection.fileno() < 0:
            return
        self._selector.unregister(peer.connection)
        peer.connection.close()
        if isinstance(peer, Listener) and peer in self._listeners.get(peer.stream, ()):
            self._listeners[peer.stream].remove(peer)
            if not self._listeners[peer.stream]:
                del self._listeners[peer.stream]
        elif isinstance(peer, Caller):
            self._callers.discard(peer)
            if not self._callers:
                self.simulator.left_alone()

    def _say_notes(self) -> None:
        for text in self.simulator.notes:
            if text not in self._said and len(self._said) < _MOST_NOTES:
                self._said.add(text)
                self._say(text)
        self.simulator.notes.clear()


def _give_way() -> None:
    """Let the client's threads run, where there are no more cores than needed."""
    if hasattr(os, "sched_yield"):  # not on Windows
        os.sched_yield()


def _bound(host: str, port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise _taken(host, port, error) from error
    listening.setblocking(False)
    return listening


def _listen(bound: socket.socket) -> None:
    try:
        bound.listen(_QUEUE)
    except OSError as error:  # somebody else had bound it too, and was first
        host, port = bound.getsockname()
        raise _taken(host, port, error) from error


def _taken(host: str, port: int, error: OSError) -> SuiteError:
    return SuiteError(f"port {port} of {host} cannot be had: {error.strerror}. Give another --port.")


def _accepted(listening: socket.socket) -> socket.socket | None:
    """The next connection; None where it was accepted meanwhile, or has gone."""
    try:
        return listening.accept()[0]
    except (BlockingIOError, ConnectionAbortedError):
        return None
