"""Whether a CARLA server can be had, asked before a long run begins rather than in each of its episodes. Source: ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim_suite.carla.client.failures import VersionMismatchError
from sim_suite.carla.client.knock import knock
from sim_suite.carla.client.options import OWN, ConnectionOptions
from sim_suite.carla.client.session import client_version, same_release


def refuse_unready(arguments: Mapping[str, Any]) -> None:
    """Raise `CarlaFailure`, in one line, unless client and servers are there. arguments: of the environment, by name."""
    known = ConnectionOptions.__dataclass_fields__
    options = ConnectionOptions(**{name: value for name, value in arguments.items() if name in known})
    own = client_version()
    if options.server == OWN:
        return
    for address in options.addresses:
        greeting = knock(address, options.timeout_s)
        greeting.line.close()
        if not same_release(greeting.version, own):
            raise VersionMismatchError(str(address), greeting.version, own)
