"""Serve the embedded driving world to CARLA's clients: scripts for CARLA 0.9.16 run against it without a graphics card.

Serves until Ctrl-C. What clients asked for and did not get is said here, once each.

examples:
  sim-suite carla-server --map town_1km
  sim-suite carla-server --viewer
  sim-suite carla-server --map my_town.xodr --port 3000 --seed 7
  sim-suite carla-server --maps opendrive-test-files/OpenDrive --map Town01
  sim-suite carla-server --coverage
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from sim_suite.cli import console


@dataclass(frozen=True)
class Arguments:
    """What is served, and where."""

    map: str = "town_1km"
    """A map's name (`sim-suite maps list`) or the path of an OpenDRIVE file. Clients can load others."""
    maps: Path | None = None
    """A folder of OpenDRIVE files of your own, such as CARLA's towns: they are found by their names, before all others."""
    port: int = 2000
    """Of calls, as CARLA's `-carla-rpc-port`; 0 for any that is free."""
    streams: int = 0
    """Port of streams; 0 for the one after --port."""
    host: str = "127.0.0.1"
    """Address to listen at. 0.0.0.0 lets in anybody who reaches this machine: the protocol knows no passwords."""
    seed: int = 0
    """Of the embedded world."""
    max_actors: int = 512
    """Vehicles, people and props that a world has room for."""
    json: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Print the map and the ports as JSON when clients can come; with --coverage, the calls."""
    viewer: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Show the world from above on a page of this machine, whose address is said; `?follow=hero` behind it follows that role or number."""
    viewer_port: int = 2080
    """Of the page; 0 for any that is free."""
    coverage: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Print what becomes of each call of CARLA's client, as Markdown, and serve nothing."""


def run(arguments: Arguments) -> int:
    """Serve until stopped."""
    if arguments.coverage:
        from sim_suite.carla.server.coverage import page, rows

        if arguments.json:
            console.print_json({"calls": rows()})
            return 0
        console.out.print(page(), markup=False, soft_wrap=True, end="")
        return 0
    from sim_suite.carla.server.network import Address, Server
    from sim_suite.carla.server.simulator import SimulatorOptions
    from sim_suite.carla.server.viewer.server import Viewer
    from sim_suite.driving.roads.maps import look_first_in

    if arguments.maps is not None:
        look_first_in(arguments.maps)
    options = SimulatorOptions(arguments.map, arguments.seed, arguments.max_actors)
    address = Address(arguments.host, arguments.port, arguments.streams)
    server, viewer = Server(options, address, console.note), None
    try:
        if arguments.viewer:
            viewer = Viewer(arguments.viewer_port)
            server.show_in(viewer)
        name = server.simulator.episode.served.name
        if arguments.json:
            place = {"map": name, "host": arguments.host, "port": server.port, "streams": server.stream_port}
            console.print_json(place | ({"viewer": viewer.address} if viewer is not None else {}))
            sys.stdout.flush()
        console.note(
            f"serving {name} at {arguments.host}:{server.port}, streams at {server.stream_port}; Ctrl-C stops it."
        )
        if viewer is not None:
            console.note(f"the world from above: {viewer.address}")
        server.run()
    except KeyboardInterrupt:
        console.note("stopped.")
    finally:
        server.close()
        if viewer is not None:
            viewer.close()
    return 0
