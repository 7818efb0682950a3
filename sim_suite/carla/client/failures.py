"""What can go wrong between us and a CARLA server, a class each, so that a program can tell them apart. Source: ours; what people meet
is listed in CARLA's issues (#2809, #1795, #3197, #1994).
"""

from __future__ import annotations

from typing import Final

from sim_suite.errors import SuiteError

HOW_TO_START: Final = (
    "Start the embedded server (sim-suite carla-server) or CARLA's own (CarlaUE4.sh -RenderOffScreen), or let each environment start "
    "an embedded one: SIM_SUITE_CARLA=own."
)


class CarlaFailure(SuiteError):
    """Any of them."""


class ClientMissingError(CarlaFailure):
    """The `carla` package is not there."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"the carla package cannot be imported ({why}). Install it: pip install carla==0.9.16 (Linux or Windows on x86-64, "
            f"Python below 3.13)."
        )


class ServerMissingError(CarlaFailure):
    """Nobody listens at the address."""

    def __init__(self, address: str, why: str) -> None:
        super().__init__(f"no CARLA server answers at {address} ({why}). {HOW_TO_START}")


class NotCarlaError(CarlaFailure):
    """Somebody listens there who does not speak CARLA's protocol: the port is in use by another program."""

    def __init__(self, address: str, why: str) -> None:
        super().__init__(
            f"port in use: what listens at {address} is no CARLA server ({why}). Give the address of one. {HOW_TO_START}"
        )


class VersionMismatchError(CarlaFailure):
    """Client and server are of different releases, whose bytes mean different things."""

    def __init__(self, address: str, server: str, client: str) -> None:
        super().__init__(
            f"the server at {address} is CARLA {server}, the client {client}. Start a server of release {client}, or install "
            f"carla=={server} if the suite speaks it."
        )


class ServerTakenError(CarlaFailure):
    """Other environments have all servers that were named."""

    def __init__(self, addresses: str) -> None:
        super().__init__(
            f"port in use: other environments drive at {addresses}. Two in one world would step each other's time: close one, name "
            f'more servers, or let each environment start its own: server="own".'
        )


class ConnectionLostError(CarlaFailure):
    """The server has gone in the midst of an episode."""

    def __init__(self, address: str) -> None:
        super().__init__(f"the connection to the CARLA server at {address} is lost. Start it again, then reset.")


class ServerHangError(CarlaFailure):
    """The server is there and does not answer in time."""

    def __init__(self, address: str, what: str, timeout_s: float) -> None:
        super().__init__(
            f"the CARLA server at {address} has not answered {what!r} within {timeout_s:g} s. Give it longer (timeout_s=...), or "
            f"start it again, then reset."
        )


class ClientCrashError(CarlaFailure):
    """CARLA's client has ended its process, which bytes that it cannot read do."""

    def __init__(self, address: str, what: str, code: int) -> None:
        ended = f"signal {-code}" if code < 0 else f"status {code}"
        super().__init__(f"CARLA's client for {address} ended with {ended} at {what!r}. Reset to begin with a new one.")


class CarlaRefusal(CarlaFailure):
    """The server or the client has refused something, in its own words."""

    def __init__(self, what: str, words: str) -> None:
        super().__init__(f"CARLA refused {what!r}: {words}")


class FrameLostError(CarlaFailure):
    """Somebody else steps the same world."""

    def __init__(self, wanted: int, seen: int) -> None:
        super().__init__(
            f"frame {wanted} is gone: the world is at {seen} already, as another client steps it. Let one client alone step."
        )


class NotRepeatedError(CarlaFailure):
    """A broken-off episode went another way when it was repeated."""

    def __init__(self, failure: CarlaFailure, metres: float) -> None:
        super().__init__(
            f"{failure} The episode was repeated up to there and came out {metres:.2f} m elsewhere, so it is not gone on with."
        )
