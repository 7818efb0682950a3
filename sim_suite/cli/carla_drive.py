"""Drive a vehicle that another script has spawned on a CARLA server: ScenarioRunner's ego, say, which it leaves to whoever comes.

Waits for a vehicle of the role, drives it with an agent of `agents.navigation` until it or its world is gone, and waits for the next.
Ends when none has come for --wait-s. The world is stepped by the other script, or by itself.

examples:
  sim-suite carla-drive
  sim-suite carla-drive --agent cautious --role hero --port 3000
  sim-suite carla-drive --speed-kmh 50 --seed 3
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Annotated

import tyro

from agents.navigation.role_driver import RoleDriverOptions, drive_role
from sim_suite.cli import console
from sim_suite.errors import SuiteError

ANSWER_S = 20.0
"""A server that loads a map answers nobody for some seconds."""


@dataclass(frozen=True)
class Arguments:
    """Whose vehicle, and who drives."""

    driver: Annotated[RoleDriverOptions, tyro.conf.arg(name="")] = field(default_factory=RoleDriverOptions)
    host: str = "127.0.0.1"
    """Of the server."""
    port: int = 2000
    """Of its calls."""
    json: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Print what was driven as JSON when it ends."""


def run(arguments: Arguments) -> int:
    """Drive until nobody comes any more."""
    from sim_suite.carla.client.knock import Address
    from sim_suite.carla.client.ready import refuse_unready

    address = Address(arguments.host, arguments.port)
    refuse_unready({"server": str(address), "timeout_s": ANSWER_S})
    import carla

    client = carla.Client(address.host, address.port, worker_threads=1)
    client.set_timeout(ANSWER_S)
    drives = []
    try:
        for drive in drive_role(client, arguments.driver, console.note):
            drives.append(drive)
            console.note(
                f"drove {drive.vehicle} for {drive.metres:.0f} m in {drive.seconds:.1f} s; {drive.missed} of "
                f"{drive.steps + drive.missed} steps went by without a new control."
            )
    except RuntimeError as error:  # how CARLA's client says everything
        words = " ".join(str(error).split())
        raise SuiteError(f"the CARLA server at {address} is lost: {words}. Start it again, then this.") from error
    if arguments.json:
        console.print_json({"drives": [asdict(drive) for drive in drives]})
    return 0
