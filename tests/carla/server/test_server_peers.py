"""Connections: what waits, what is lost, and who is gone."""

from __future__ import annotations

import socket
import struct
from contextlib import suppress

import pytest

from sim_suite.carla.server import peers
from sim_suite.carla.server.peers import Listener, Peer


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
