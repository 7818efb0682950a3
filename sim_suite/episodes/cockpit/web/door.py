"""Who may come in: only a page of this server, on this machine, that knows the token. Source: ours.

A server on 127.0.0.1 can still be asked by any page that the same browser has open. Three things stop that: the token, which other
pages do not know; `Host`, which betrays a name that was rebound to 127.0.0.1 (DNS rebinding); `Origin`, which browsers set on every
WebSocket and which must be our own page's. Ports are not compared, so that an SSH tunnel may use another one.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from enum import Enum
from typing import Final
from urllib.parse import parse_qs, urlsplit

PAGE, SOCKET = "/", "/socket"
_LOOPBACK: Final = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{1,5})?", re.IGNORECASE)


class Door(Enum):
    """What is behind an address, for who asks."""

    PAGE = 200
    SOCKET = 101
    FORBIDDEN = 403
    NOTHING = 404


def new_token() -> str:
    """A word that nobody guesses: 128 random bits."""
    return secrets.token_urlsafe(16)


def knock(path: str, hosts: Sequence[str], origins: Sequence[str], token: str) -> Door:
    """The door that a request opens: `path` with its query, all `Host` and all `Origin` headers. Strangers learn nothing but 403."""
    if len(hosts) != 1 or _LOOPBACK.fullmatch(hosts[0]) is None or len(origins) > 1:
        return Door.FORBIDDEN
    try:
        address = urlsplit(path)
        given = parse_qs(address.query, max_num_fields=8).get("token", [])
    except ValueError:
        return Door.FORBIDDEN
    if len(given) != 1 or not secrets.compare_digest(given[0].encode(), token.encode()):
        return Door.FORBIDDEN
    own = f"http://{hosts[0]}".lower()
    if any(origin.lower() != own for origin in origins) or (address.path == SOCKET and not origins):
        return Door.FORBIDDEN
    return {PAGE: Door.PAGE, SOCKET: Door.SOCKET}.get(address.path, Door.NOTHING)
