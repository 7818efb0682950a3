"""One thread that serves the page and one WebSocket on 127.0.0.1, and never makes the session wait. Source: RFC 6455, by `websockets`.

Pictures: the newest one waits in a single place; a page that has not drawn the last `IN_FLIGHT` of them yet gets none, so that a slow
line means fewer pictures, not older ones. One page at a time: who comes last (with the token) takes the wheel, the page before is told.
A page that was closed, reloaded, or left behind on a sleeping laptop can so never lock its person out.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import socket
import threading
import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final, Protocol

from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from sim_suite.episodes.cockpit.seat import Hud, Picture
from sim_suite.episodes.cockpit.web.door import Door, knock, new_token
from sim_suite.episodes.cockpit.web.messages import (
    MAX_MESSAGE_BYTES,
    Drawn,
    Held,
    Pressed,
    pack,
    read_message,
    say_hello,
)
from sim_suite.episodes.cockpit.web.page import page_headers, page_text
from sim_suite.errors import SuiteError

ADDRESS: Final = "127.0.0.1"
IN_FLIGHT: Final = 2
"""Pictures: one on its way while one is drawn."""
TAKEN, MISSAID, ENDED = 4001, 1008, 1000
"""Why the server closes a WebSocket: another page came; the page said what ours would not; the session is over."""
_PING_S: Final = 5.0
_CLOSE_S: Final = 2.0
_LOGGER: Final = logging.getLogger(__name__)
_LOGGER.addHandler(logging.NullHandler())  # else what strangers send would be reported in the person's terminal


class Guest(Protocol):
    """Who is told what the page does. Called in the server's thread."""

    def heard(self, message: Held | Pressed | None) -> None:
        """The page said this; None: it only gave a sign of life."""

    def left(self) -> None:
        """The page has gone, or another one is there now."""


class Server:
    """Serves from its construction until `close`."""

    def __init__(self, port: int, guest: Guest, keys: Mapping[str, str | None]) -> None:
        """`port` 0: any free one. `keys`: names the page sends; those with a command also show on its button.

        Raises `SuiteError` where the port is taken, not allowed, or none.
        """
        self._guest, self._hello = guest, say_hello(keys)
        self._socket = _listen(port)
        self.port: int = self._socket.getsockname()[1]
        self.token = new_token()
        self._page: ServerConnection | None = None
        self._waiting: tuple[Picture, Hud] | None = None
        self._sent_s: dict[int, float] = {}
        self._round_trip_ms: float | None = None
        self._frame = 0
        self._loop: asyncio.AbstractEventLoop
        self._stir, self._over, serves = asyncio.Event(), asyncio.Event(), threading.Event()
        self._farewells: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(serves)), name="web-seat", daemon=True)
        self._thread.start()
        serves.wait()

    @property
    def address(self) -> str:
        """What to open in a browser of this machine. Whoever knows it may drive."""
        return f"http://{ADDRESS}:{self.port}/?token={self.token}"

    def offer(self, picture: Picture, hud: Hud) -> None:
        """The newest picture; replaces one that nobody has taken yet. The picture is copied."""
        if self._page is None:
            return
        self._waiting = picture.copy(), hud
        with contextlib.suppress(RuntimeError):  # closed just now
            self._loop.call_soon_threadsafe(self._stir.set)

    def close(self) -> None:
        """Tell the page that the session is over, and stop. A second call does nothing."""
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(2 * _CLOSE_S)

    async def _serve(self, serves: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        options: dict[str, Any] = {"ping_interval": _PING_S, "ping_timeout": 2 * _PING_S, "close_timeout": _CLOSE_S}
        server = await serve(
            self._talk, sock=self._socket, process_request=self._answer, max_size=MAX_MESSAGE_BYTES, compression=None,
            server_header=None, logger=_LOGGER, **options,
        )  # fmt: skip
        serves.set()
        await self._over.wait()
        server.close(close_connections=False)
        if self._page is not None:
            await self._page.close(ENDED, "the session is over")
        # Others, such as lines that a browser opened in advance, end with the loop: nobody waits for them.

    def _answer(self, connection: ServerConnection, request: Request) -> Response | None:
        """The HTTP answer, or None where a WebSocket may begin."""
        hosts, origins = request.headers.get_all("Host"), request.headers.get_all("Origin")
        match knock(request.path, hosts, origins, self.token):
            case Door.SOCKET:
                return None
            case Door.PAGE:
                body = page_text().encode()
                headers = Headers({**page_headers(hosts[0]), "Content-Length": str(len(body)), "Connection": "close"})
                return Response(HTTPStatus.OK, "OK", headers, body)
            case Door.FORBIDDEN:
                return connection.respond(
                    HTTPStatus.FORBIDDEN,
                    "Open the whole address that the command printed, on the same machine or through an SSH tunnel.\n",
                )
            case Door.NOTHING:
                return connection.respond(HTTPStatus.NOT_FOUND, "There is only one page here.\n")

    async def _talk(self, page: ServerConnection) -> None:
        """A page's whole stay."""
        before, self._page = self._page, page
        if before is not None:
            self._guest.left()
            self._send_off(before, TAKEN, "another page is at the wheel")
        self._sent_s.clear()
        pushing = asyncio.create_task(self._push(page))
        try:
            await page.send(self._hello)
            async for text in page:
                if page is not self._page:
                    break
                self._hear(text)
        except ConnectionClosed:
            pass
        except ValueError as error:
            await page.close(MISSAID, f"not understood: {error}"[:100])
        finally:
            pushing.cancel()
            if page is self._page:
                self._page = self._waiting = None
                self._guest.left()

    def _hear(self, text: str | bytes) -> None:
        message = read_message(text)
        if not isinstance(message, Drawn):
            self._guest.heard(message)
            return
        sent_s = self._sent_s.pop(message.frame, None)
        if sent_s is not None:
            self._round_trip_ms = 1e3 * (time.perf_counter() - sent_s)
        self._stir.set()
        self._guest.heard(None)

    async def _push(self, page: ServerConnection) -> None:
        """Send pictures, the newest one each time, as fast as the page draws them and no faster."""
        while True:
            await self._stir.wait()
            if page is not self._page:
                return
            self._stir.clear()
            if self._waiting is None or len(self._sent_s) >= IN_FLIGHT:
                continue
            (picture, hud), self._waiting = self._waiting, None
            self._frame += 1
            message = pack(picture, hud, self._frame, self._round_trip_ms)
            self._sent_s[self._frame] = time.perf_counter()
            with contextlib.suppress(ConnectionClosed):
                await page.send(message)

    def _send_off(self, page: ServerConnection, code: int, reason: str) -> None:
        task = asyncio.ensure_future(page.close(code, reason))
        self._farewells.add(task)  # a task that nobody holds may be collected
        task.add_done_callback(self._farewells.discard)


def _listen(port: int) -> socket.socket:
    if not 0 <= port <= 65535:
        raise SuiteError(f"port {port} does not exist. Give one from 1024 to 65535, or 0 for any free one.")
    try:
        return socket.create_server((ADDRESS, port))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise SuiteError(
                f"port {port} of {ADDRESS} is in use, perhaps by another `sim-suite drive`. "
                f"End that one, give another port, or 0 for any free one."
            ) from error
        if isinstance(error, PermissionError):
            raise SuiteError(
                f"port {port} is not open to you. Give one from 1024 to 65535, or 0 for any free one."
            ) from error
        raise SuiteError(f"cannot serve on {ADDRESS}:{port}: {error.strerror}") from error
