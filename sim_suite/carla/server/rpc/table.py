"""The one table of calls: how each reads its arguments, what answers it, and how much of it there is. Source: the method names of the
`carla` 0.9.16 client.

A call is *done* (as CARLA does it, or differing as its remark says), *accepted* (nothing in the embedded world could change by it),
or *refused* with the reason. What is in no table is unknown, and says so too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from sim_suite.carla.server.errors import RefusedError
from sim_suite.carla.wire.errors import WireError
from sim_suite.carla.wire.rpc import (
    VOID_SUCCESS,
    Request,
    Wire,
    failure,
    pack_failure,
    pack_reply,
    shown,
    success,
    void_failure,
)

if TYPE_CHECKING:
    from sim_suite.carla.server.service import Service


class Result(Enum):
    """How a call's result is wrapped."""

    VALUE = "value"
    VOID = "nothing"
    BARE = "list"
    """Not wrapped as a whole: `apply_batch`."""


class Status(Enum):
    """How much of a call there is."""

    DONE = "done"
    ACCEPTED = "accepted"
    REFUSED = "refused"


@dataclass(frozen=True)
class Call:
    """One method."""

    name: str
    topic: str
    readers: tuple[Callable[[Wire], Any], ...]
    result: Result
    status: Status
    remark: str
    answer: Callable[..., Wire]
    """Called with the service and the arguments as read."""


CALLS: Final[dict[str, Call]] = {}
Handler = Callable[..., Wire]


def answers(
    name: str, topic: str, *readers: Callable[[Wire], Any], result: Result = Result.VALUE, remark: str = ""
) -> Callable[[Handler], Handler]:
    """Mark a function as what answers a call. readers: of its arguments, in order; remark: how it differs from CARLA's."""

    def mark(handler: Handler) -> Handler:
        _enter(Call(name, topic, readers, result, Status.DONE, remark, handler))
        return handler

    return mark


def accepts(name: str, topic: str, remark: str, result: Result = Result.VOID, value: Wire = None) -> None:
    """A call by which nothing here changes; it answers `value`."""
    _enter(Call(name, topic, (), result, Status.ACCEPTED, remark, lambda service: value))


def refuses(name: str, topic: str, reason: str, result: Result = Result.VALUE) -> None:
    """A call that answers with an error."""

    def refuse(service: Service) -> Wire:
        raise RefusedError(f"{name} is not served: {reason}")

    _enter(Call(name, topic, (), result, Status.REFUSED, reason, refuse))


def _enter(call: Call) -> None:
    assert call.name not in CALLS, f"{call.name} stands in the table twice"
    CALLS[call.name] = call


def reply_to(service: Service, request: Request) -> bytes:
    """The bytes that answer a call, whatever became of it."""
    call = CALLS.get(request.method)
    if call is None:
        text = f"{shown(request.method)} is no call of CARLA 0.9.16 that this server knows."
        service.simulator.note(text)
        return pack_failure(request.number, text)
    try:
        if len(request.arguments) < len(call.readers):
            raise WireError(f"{len(request.arguments)} arguments were sent; it takes {len(call.readers)}.")
        value = call.answer(service, *[read(one) for read, one in zip(call.readers, request.arguments, strict=False)])
    except WireError as error:
        service.simulator.note(f"{call.name}: {error}")
        return pack_failure(request.number, f"{call.name}: {error}")
    except RefusedError as error:
        if request.is_async or call.status is Status.REFUSED:
            service.simulator.note(f"{call.name}: {error}")  # the client does not show it
        wrapped = void_failure(str(error)) if call.result is Result.VOID else failure(str(error))
        return pack_reply(request.number, wrapped)
    if call.result is Result.VALUE:
        return pack_reply(request.number, success(value))
    return pack_reply(request.number, VOID_SUCCESS if call.result is Result.VOID else value)
