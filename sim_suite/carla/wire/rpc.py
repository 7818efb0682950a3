"""Remote calls: MessagePack-RPC as CARLA's client speaks it. Source: the MessagePack-RPC specification; the wrapping of results
(`Response`) and the leading metadata argument measured with the `carla` 0.9.16 wheel.

A request is [0, number, method, [[is_async], argument, ...]], a reply [1, number, error or nil, result or nil]. Messages follow
each other without framing beyond MessagePack's own.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple, TypeAlias

import msgpack

from sim_suite.carla.wire.errors import WireError

REQUEST: Final = 0
REPLY: Final = 1
MOST_BYTES: Final = 64 * 2**20
"""Of one message: a map's text is the longest, and no map in use comes near."""
MOST_ITEMS: Final = 2**20
"""Of one array: room is made for all of them before they have come."""
_MOST_NUMBER: Final = 2**32 - 1

Wire: TypeAlias = Any  # whatever MessagePack holds: None, bool, int, float, str, bytes, list
"""A value as it comes from or goes to MessagePack."""


class Request(NamedTuple):
    """One call."""

    number: int
    method: str
    arguments: list[Wire]
    """Without the metadata."""
    is_async: bool = False
    """The client does not look at the reply."""


class Reply(NamedTuple):
    """One answer; `error` is None where the call was understood."""

    number: int
    error: str | None
    result: Wire


def new_unpacker() -> msgpack.Unpacker:
    """Turns bytes, in pieces as they come, into messages. It raises ValueError or msgpack.UnpackException for what is none, maps and
    extensions among it: the protocol has neither."""
    return msgpack.Unpacker(
        raw=False,
        unicode_errors="surrogateescape",
        object_pairs_hook=_refuse_map,
        ext_hook=_refuse_extension,
        max_buffer_size=MOST_BYTES,
        max_array_len=MOST_ITEMS,
    )


def _refuse_map(pairs: list[tuple[Wire, Wire]]) -> Wire:
    raise ValueError(f"a map of {len(pairs)}")


def _refuse_extension(code: int, data: bytes) -> Wire:
    raise ValueError(f"an extension of type {code}")


def read_request(message: Wire) -> Request:
    """A call from an unpacked message. Raises WireError."""
    if not isinstance(message, list) or len(message) != 4 or message[0] != REQUEST or isinstance(message[0], bool):
        raise WireError(f"a call is [0, number, method, arguments], not {shown(message)}.")
    _, number, method, arguments = message
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number <= _MOST_NUMBER:
        raise WireError(f"the number of a call is {shown(number)}; it must be a whole number of 32 bits.")
    if not isinstance(method, str) or not isinstance(arguments, list):
        raise WireError(f"a call is [0, number, method, arguments], not {shown(message)}.")
    metadata = arguments[0] if arguments else None
    if not isinstance(metadata, list) or len(metadata) != 1 or not isinstance(metadata[0], bool):
        raise WireError(f"{method}: the first argument is the metadata [is_async], not {shown(arguments[:1])}.")
    return Request(number, method, arguments[1:], metadata[0])


def number_of(message: Wire) -> int:
    """The number of a call that could not be read, so that it can be answered; 0 where there is none."""
    found = message[1] if isinstance(message, list) and len(message) > 1 else 0
    return found if isinstance(found, int) and not isinstance(found, bool) and 0 <= found <= _MOST_NUMBER else 0


def pack_request(request: Request) -> bytes:
    """The bytes of a call."""
    return pack([REQUEST, request.number, request.method, [[request.is_async], *request.arguments]])


def pack_reply(number: int, result: Wire) -> bytes:
    """The bytes of an answer."""
    return pack([REPLY, number, None, result])


def pack_failure(number: int, error: str) -> bytes:
    """The bytes of an answer to a call that was not understood; the client raises RuntimeError without showing the text."""
    return pack([REPLY, number, error, None])


def read_reply(message: Wire) -> Reply:
    """An answer from an unpacked message. Raises WireError."""
    if not isinstance(message, list) or len(message) != 4 or message[0] != REPLY or not isinstance(message[1], int):
        raise WireError(f"an answer is [1, number, error, result], not {shown(message)}.")
    return Reply(message[1], message[2], message[3])


def pack(value: Wire) -> bytes:
    """Any value as MessagePack."""
    return bytes(msgpack.packb(value, use_bin_type=True, unicode_errors="surrogateescape"))


def success(value: Wire) -> Wire:
    """The result of a call that returns a value (`Response<T>`)."""
    return [[1, value]]


def failure(text: str) -> Wire:
    """The result of a call that should have returned a value; the client raises RuntimeError with the text."""
    return [[0, [text]]]


VOID_SUCCESS: Final[Wire] = [[False]]
"""The result of a call that returns nothing (`Response<void>`)."""


def void_failure(text: str) -> Wire:
    """As `failure`, of a call that returns nothing."""
    return [[True, [text]]]


def shown(value: Wire) -> str:
    """A value for an error's text, cut short."""
    text = ascii(value)
    return text if len(text) <= 80 else text[:77] + "..."
