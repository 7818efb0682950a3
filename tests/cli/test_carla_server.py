"""`sim-suite carla-server`: what it refuses before it serves, and the page."""

from __future__ import annotations

import socket

import pytest

from sim_suite.carla.server.coverage import page
from sim_suite.cli.main import main


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--map", "crosing_lights"], "unknown map 'crosing_lights'. Did you mean 'crossing_lights'"),
        (["--port", "70000"], "port is 70000; give 0 to 65535."),
        (["--host", "here"], "host is 'here'; give an IPv4 address such as 127.0.0.1."),
        (["--max-actors", "0"], "max_actors is 0; give 1 to 4096."),
        (["--seed", "-1"], "seed is -1; give 0 or more."),
    ],
)
def test_what_cannot_be_served_is_said_in_a_line(words, says, capsys):
    assert main(["carla-server", *words]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"error: {says}")
    assert len(error.splitlines()) == 1


def test_a_port_that_is_taken_is_said(capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["carla-server", "--port", str(port)]) == 2
    assert (
        f"error: port {port} of 127.0.0.1 cannot be had: Address already in use. Give another --port."
        in capsys.readouterr().err
    )


def test_the_page_is_printed(capsys):
    assert main(["carla-server", "--coverage"]) == 0
    assert capsys.readouterr().out == page()
