"""`sim-suite carla-server`: what it refuses before it serves, and the page."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import urllib.request

import pytest

from sim_suite.carla.server.coverage import page
from sim_suite.carla.wire.rpc import Request, pack_request
from sim_suite.cli.main import main


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--map", "crosing_lights"], "unknown map 'crosing_lights'. Did you mean 'crossing_lights'"),
        (["--port", "70000"], "port is 70000; give 0 to 65535."),
        (["--host", "here"], "host is 'here'; give an IPv4 address such as 127.0.0.1."),
        (["--max-actors", "0"], "max_actors is 0; give 1 to 4096."),
        (
            ["--map", "crossing_bare", "--port", "0", "--viewer", "--viewer-port", "70000"],
            "the viewer's port is 70000; give 0 to 65535.",
        ),
        (["--seed", "-1"], "seed is -1; give 0 or more."),
        (["--maps", "nowhere"], "nowhere is no folder. Name one that holds .xodr files."),
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
    assert main(["carla-server", "--coverage", "--json"]) == 0
    calls = {row["call"]: row for row in json.loads(capsys.readouterr().out)["calls"]}
    assert calls["tick_cue"]["status"] == "done"
    assert calls["cast_ray"] | {"topic": ""} == {
        "call": "cast_ray", "topic": "", "status": "refused", "remark": "rays through scenery are not traced.",
    }  # fmt: skip


def test_it_serves_until_it_is_told_to_stop():
    command = [
        sys.executable,
        "-m",
        "sim_suite.cli.main",
        "carla-server",
        "--map",
        "crossing_bare",
        "--port",
        "0",
        "--json",
        "--viewer",
        "--viewer-port",
        "0",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as served:
        assert served.stdout is not None
        ready = "".join(iter(served.stdout.readline, "}\n")) + "}"
        found = json.loads(ready)
        with socket.create_connection(("127.0.0.1", found["port"])) as client:
            client.sendall(pack_request(Request(1, "version", [])))
            assert b"0.9.16" in client.recv(4096)
        with urllib.request.urlopen(found["viewer"], timeout=30) as answer:
            assert b"sim-suite" in answer.read()
        served.send_signal(signal.SIGINT)
        _, said = served.communicate(timeout=60)
    assert served.returncode == 0
    assert said.splitlines()[-3:] == [
        f"serving crossing_bare at 127.0.0.1:{found['port']}, streams at {found['streams']}; Ctrl-C stops it.",
        f"the world from above: {found['viewer']}",
        "stopped.",
    ]
