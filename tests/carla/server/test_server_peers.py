"""Connections: what waits, what is lost, and who is gone."""

from __future__ import annotations

import selectors
import socket
import struct
from contextlib import suppress
from types import SimpleNamespace

import pytest

from sim_suite.carla.server import network, peers
from sim_suite.carla.server.network import Address, Server
from sim_suite.carla.server.peers import Caller, Listener, Peer
from sim_suite.carla.server.service import Service
from sim_suite.carla.server.simulator import SimulatorOptions
from sim_suite.carla.wire.rpc import Request, pack_request
from sim_suite.errors import SuiteError


@pytest.fixture
def pair():
    listening = socket.create_server(("127.0.0.1", 0))
    near = socket.create_connection(listening.getsockname())
    far, _ = listening.accept()
    near.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    far.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)
    yield near, far
    for one in (near, far, listening):
        one.close()


def test_all_bytes_arrive_in_order_however_slowly_they_are_taken(pair):
    near, far = pair
    peer, sent, taken = Peer(far), bytearray(), bytearray()
    for n in range(100):
        message = struct.pack("<I", n) * 5000
        assert peer.send(message)
        sent += message
    assert len(peer.waiting) > 0
    near.setblocking(False)
    while len(taken) < len(sent):
        assert peer.flush()
        with suppress(BlockingIOError):
            taken += near.recv(1 << 20)
    assert taken == sent
    assert not peer.waiting


def test_who_takes_nothing_for_too_long_is_gone(pair, monkeypatch):
    monkeypatch.setattr(peers, "MOST_WAITING", 1 << 20)
    peer = Peer(pair[1])
    for _ in range(1000):
        if not peer.send(bytes(1 << 18)):
            break
    assert 1 << 20 < len(peer.waiting) < 1 << 21


def test_answers_that_nobody_waits_for_go_with_the_next_or_when_they_are_many(pair):
    near, far = pair
    caller = Caller(far)
    near.setblocking(False)
    assert caller.answer([b"a", b"b"], awaited=False)
    with pytest.raises(BlockingIOError):
        near.recv(10)
    assert caller.answer([b"c"], awaited=True)
    assert near.recv(10) == b"abc"
    assert caller.answer([bytes(peers.MOST_HELD + 1)], awaited=False)
    assert len(near.recv(2 * peers.MOST_HELD)) == peers.MOST_HELD + 1


def test_who_has_left_is_gone(pair):
    near, far = pair
    peer = Peer(far)
    assert peer.receive() == b""
    near.close()
    assert peer.receive() is None


def test_a_listener_names_its_stream_in_pieces_and_once(pair):
    listener = Listener(pair[1])
    assert not listener.read_name(b"\x05\x00")
    assert listener.read_name(b"\x00\x00\x07")
    assert listener.stream == 5
    assert not listener.read_name(b"\x06\x00\x00\x00")


def test_steps_that_come_together_are_each_sent_once(pair, monkeypatch):
    """Two ticks in one packet: two answers, two states, the answer of each before its state."""
    said = []
    server = Server(SimulatorOptions("crossing_bare"), Address(port=0), said.append)
    try:
        server.simulator.settings = server.simulator.settings._replace(synchronous=True)
        heard = []
        server.service = Service(server.simulator, lambda stepped: heard.append((server.simulator.frame, stepped)))
        caller, sent = Caller(pair[1]), []
        monkeypatch.setattr(caller, "send", lambda data: sent.append(len(heard)) or True)
        server._selector.register(pair[1], selectors.EVENT_READ, caller)
        server._answer(caller, b"".join(pack_request(Request(n, "tick_cue", [])) for n in range(2)))
        assert heard == [(1, True), (2, True)]
        assert sent == [0, 1]
        assert said == []
    finally:
        server.close()


def test_a_client_with_a_traffic_manager_is_answered_its_load_when_it_has_been_quiet(pair, monkeypatch):
    """A call that comes meanwhile is answered and puts it off; then the load is, and a state goes to who listens from then on."""
    now, sent = [100.0], []
    monkeypatch.setattr(network, "time", SimpleNamespace(monotonic=lambda: now[0]))
    server = Server(SimulatorOptions("crossing_bare"), Address(port=0), lambda text: None)
    try:
        server.simulator.traffic_managers[8000] = "127.0.0.1"
        caller = Caller(pair[1])
        monkeypatch.setattr(caller, "send", lambda data: sent.append(data) or True)
        server._selector.register(pair[1], selectors.EVENT_READ, caller)
        server._callers.add(caller)
        before = server.simulator.episode
        server._answer(caller, pack_request(Request(1, "load_new_episode", ["", True, 0])))
        assert sent == []
        assert server._patience() == pytest.approx(min(network.QUIET_S, max(server._next_step - now[0], 0.0)))
        now[0] += 0.9 * network.QUIET_S
        server._answer(caller, pack_request(Request(2, "version", [])))
        assert len(sent) == 1
        assert server._held is not None
        assert server._held.until == pytest.approx(now[0] + network.QUIET_S)
        server._let_go()
        assert len(sent) == 2
        assert server.simulator.episode is not before
        assert server.service.left == before.number
        assert server._held is None
    finally:
        server.close()


def test_a_load_is_put_off_no_longer_than_it_may_and_not_at_all_without_a_traffic_manager(pair, monkeypatch):
    now, sent = [100.0], []
    monkeypatch.setattr(network, "time", SimpleNamespace(monotonic=lambda: now[0]))
    server = Server(SimulatorOptions("crossing_bare"), Address(port=0), lambda text: None)
    try:
        caller = Caller(pair[1])
        monkeypatch.setattr(caller, "send", lambda data: sent.append(data) or True)
        server._selector.register(pair[1], selectors.EVENT_READ, caller)
        server._callers.add(caller)
        load = pack_request(Request(1, "load_new_episode", ["", True, 0]))
        server._answer(caller, load)
        assert len(sent) == 1
        server.simulator.traffic_managers[8000] = "127.0.0.1"
        server._answer(caller, load)
        for _ in range(20):
            now[0] += 0.2
            server._answer(caller, pack_request(Request(2, "version", [])))
        assert server._held is not None
        assert server._held.until == pytest.approx(100.0 + network.MOST_HELD_S)
    finally:
        server.close()


def test_nobody_is_let_in_before_the_world_is_ready(monkeypatch):
    made, asked = network.Simulator, []

    def slow(options, token):
        asked.append(opened_port())
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", asked[0]), 5.0)
        return made(options, token)

    def opened_port():
        return bound[0].getsockname()[1]

    bound, bind = [], network._bound
    monkeypatch.setattr(network, "_bound", lambda host, port: bound.append(bind(host, port)) or bound[-1])
    monkeypatch.setattr(network, "Simulator", slow)
    server = Server(SimulatorOptions(map="crossroads"), Address(port=0), print)
    assert server.port == asked[0]
    socket.create_connection(("127.0.0.1", server.port), 5.0).close()
    server.close()


def test_a_world_that_cannot_be_served_leaves_its_port_to_others():
    free = socket.create_server(("127.0.0.1", 0))
    port = free.getsockname()[1]
    with pytest.raises(SuiteError, match=f"port {port} of 127.0.0.1 cannot be had"):
        Server(SimulatorOptions(map="crossroads"), Address(port=port), print)
    free.close()
    with pytest.raises(SuiteError, match="no_such_map"):
        Server(SimulatorOptions(map="no_such_map"), Address(port=port), print)
    Server(SimulatorOptions(map="crossroads"), Address(port=port), print).close()
