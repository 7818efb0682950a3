"""Runs probes in a process of its own, as CARLA's client may end its process; says what each measured or how it failed. Source: ours.

`python -m sim_suite.carla.conformance.child HOST PORT MANAGER_PORT TIMEOUT NAME...` prints lines of MARK and JSON.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from sim_suite.carla.conformance.catalog import probes
from sim_suite.carla.conformance.running import MARK
from sim_suite.carla.conformance.stage import Stage


def say(**what: Any) -> None:  # Any: what JSON holds
    """One line to the parent."""
    print(MARK + json.dumps(what), flush=True)


def main() -> int:
    """Run the probes that are named, one after the other, on one world."""
    host, port, manager_port, timeout_s, *names = sys.argv[1:]
    try:
        stage = Stage(host, int(port), int(manager_port), float(timeout_s))
    except RuntimeError as error:
        say(refused=str(error))
        return 2
    known = probes()
    say(server=stage.client.get_server_version(), straight_m=stage.straight_m)
    for name in names:
        say(begins=name)
        try:
            measured = dict(known[name].run(stage))
        except Exception as error:
            say(name=name, failed=f"{type(error).__name__}: {error}" if str(error) else type(error).__name__)
        else:
            say(name=name, measured=measured)
        stage.clear()
    return 0


if __name__ == "__main__":
    sys.exit(main())
