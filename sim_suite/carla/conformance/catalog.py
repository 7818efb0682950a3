"""All probes by name. Source: ours. They need CARLA's client."""

from __future__ import annotations

from importlib import import_module
from typing import Final

from sim_suite.carla.conformance.probe import PROBES, Probe
from sim_suite.errors import SuiteError

_MODULES: Final = ("probes_driving", "probes_map", "probes_sensors", "probes_traffic")


def probes() -> dict[str, Probe]:
    """In the order in which they are run. Raises SuiteError without CARLA's client."""
    try:
        for name in _MODULES:
            import_module(f"sim_suite.carla.conformance.{name}")
    except ImportError as error:
        if error.name != "carla":
            raise
        raise SuiteError("probes need CARLA's client: pip install carla==0.9.16.") from error
    return dict(PROBES)
