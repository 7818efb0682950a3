"""Whoever listens at an address is told apart in plain bytes: nobody, a stranger, one that hangs, another release, one that is taken."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager

import msgpack
import pytest

from sim_suite.carla.client.claims import claim
from sim_suite.carla.client.failures import (
    ClientMissingError,
    NotCarlaError,
    ServerHangError,
    ServerMissingError,
    ServerTakenError,
    VersionMismatchError,
)
from sim_suite.carla.client.knock import Address, knock
from sim_suite.carla.client.options import ConnectionOptions, sensors_of
from sim_suite.carla.client.ready import refuse_unready
from sim_suite.carla.client.session import Session, client_version, same_release
from sim_suite.carla.wire.rpc import pack_reply, success
from sim_suite.errors import SuiteError


@contextmanager
def listening(answer):
    """The address of one that answers whatever comes with these bytes; None: it says nothing; empty: it hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        done = threading.Event()

        def serve():
            while not done.is_set():
                try:
                    line, _ = server.accept()
                except OSError:
                    return
                with line:
                    line.recv(4096)
                    if answer is None:
                        done.wait()
                    elif answer:
                        line.sendall(answer)
                        line.recv(1)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield Address("127.0.0.1", server.getsockname()[1])
        finally:
            done.set()
            server.shutdown(socket.SHUT_RDWR)
            thread.join()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def test_a_server_says_its_version():
    with listening(pack_reply(1, success("0.9.16"))) as address:
        greeting = knock(address, 5.0)
        greeting.line.close()
    assert greeting.version == "0.9.16"


def test_nobody_listens():
    with pytest.raises(
        ServerMissingError, match=r"no CARLA server answers at 127.0.0.1:\d+ .*sim-suite carla-server.*CarlaUE4"
    ):
        knock(Address("127.0.0.1", free_port()), 1.0)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"",
        msgpack.packb([1, 1, None, "0.9.16"]),
        pack_reply(1, success("tetris")),
        pack_reply(1, success(7)),
    ],
)
def test_a_stranger_is_no_carla_server(answer):
    with listening(answer) as address, pytest.raises(NotCarlaError, match="port in use"):
        knock(address, 5.0)


def test_one_that_says_nothing_hangs():
    with listening(None) as address, pytest.raises(ServerHangError, match=r"'version' within 0.2 s"):
        knock(address, 0.2)


def test_another_release_is_named_with_both_numbers():
    pytest.importorskip("carla", reason="CARLA's client is not installed (carla==0.9.16)")
    with listening(pack_reply(1, success("0.9.15"))) as address:
        with pytest.raises(VersionMismatchError, match=f"is CARLA 0.9.15, the client {client_version()}"):
            Session(address, 5.0)
        with pytest.raises(VersionMismatchError):
            refuse_unready({"server": str(address), "map": "village"})
    assert same_release("0.9.16-12-gabc", "0.9.16")
    assert not same_release("0.9.15", "0.9.16")


def test_without_the_client_it_is_said_how_to_have_it(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ClientMissingError, match=r"pip install carla==0.9.16"):
        refuse_unready({"server": "own"})


def test_a_server_has_one_driver_and_the_next_takes_the_next():
    places = [Address("127.0.0.1", free_port()), Address("127.0.0.1", free_port())]
    first, second = claim(places), claim(places)
    try:
        assert [first.address, second.address] == places
        with pytest.raises(ServerTakenError, match="port in use: other environments drive at"):
            claim(places)
        first.release()
        third = claim(places)
        assert third.address == places[0]
        third.release()
    finally:
        second.release()


def test_which_server_is_meant(monkeypatch):
    monkeypatch.delenv("SIM_SUITE_CARLA", raising=False)
    assert [str(one) for one in ConnectionOptions().addresses] == ["127.0.0.1:2000"]
    monkeypatch.setenv("SIM_SUITE_CARLA", "10.0.0.1:2000, 10.0.0.1:2004")
    assert [one.port for one in ConnectionOptions().addresses] == [2000, 2004]
    assert ConnectionOptions(server="own").server == "own"


@pytest.mark.parametrize("server", ["localhost", "127.0.0.1:", ":2000", "127.0.0.1:99999", "a:1,,b:2"])
def test_a_server_is_named_by_host_and_port(server):
    with pytest.raises(SuiteError, match="HOST:PORT"):
        ConnectionOptions(server=server)


def test_sensors_are_plain_data():
    found = sensors_of({"front": {"type": "sensor.camera.rgb", "x": 1.5, "image_size_x": 320}})["front"]
    assert found.row("front") == ["front", "sensor.camera.rgb", {"image_size_x": "320"}, 1.5, 0.0, 1.5, 0.0, 0.0, 0.0]
    for wrong in ({"front": "sensor.camera.rgb"}, {"front": {"type": "vehicle.audi.tt"}}):
        with pytest.raises(SuiteError, match="must be a table with a type"):
            sensors_of(wrong)
