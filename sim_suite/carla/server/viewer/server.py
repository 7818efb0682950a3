"""Serves the page and what it is told on 127.0.0.1, from threads of its own. Source: ours; server-sent events as in the HTML standard.

The thread that steps the world writes a message down when somebody watches, 20 times a second at most; a watcher that is slow misses
messages and costs nobody time. Only pages of this machine are answered: `Host` betrays a name that was rebound to it.
"""

from __future__ import annotations

import errno
import socket
import threading
import time
from contextlib import suppress
from functools import cached_property
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from sim_suite.carla.server.simulator import Simulator
from sim_suite.carla.server.viewer.telling import map_message, state_message
from sim_suite.driving.roads.maps import RoadMap
from sim_suite.errors import SuiteError
from sim_suite.pages import asset, digest

ADDRESS: Final = "127.0.0.1"
PERIOD_S: Final = 0.05
"""Between two messages."""
_QUIET_S: Final = 5.0
"""So long after the last message a watcher is sent a line without meaning, by which it is noticed that it has gone."""
_HOSTS: Final = (ADDRESS, "localhost")
_FOLDER: Final = "sim_suite.carla.server.viewer"


class Viewer:
    """Serves from its construction until `close`."""

    def __init__(self, port: int) -> None:
        """port: 0 for any that is free. Raises SuiteError where it cannot be had."""
        if not 0 <= port < 65536:
            raise SuiteError(f"the viewer's port is {port}; give 0 to 65535.")
        try:
            self._http = _Http((ADDRESS, port), self)
        except OSError as error:
            why = "is taken" if error.errno == errno.EADDRINUSE else f"cannot be had: {error.strerror}"
            raise SuiteError(f"port {port} for the viewer {why}. Give another --viewer-port, or 0 for any.") from error
        self.port: int = self._http.server_address[1]
        self.wake, self._call = socket.socketpair()
        """Can be read from when somebody has come who has seen nothing yet."""
        self.wake.setblocking(False)
        self._changed = threading.Condition()
        self._message, self._number, self._watchers, self._told_s = b"", 0, 0, 0.0
        self._making = threading.Lock()
        self._map: RoadMap | None = None
        self._drawn: RoadMap | None = None
        self._map_message = b"{}"
        self._thread = threading.Thread(target=self._http.serve_forever, name="sim-suite-viewer", daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"http://{ADDRESS}:{self.port}/"

    def show(self, simulator: Simulator, anew: bool = False) -> None:
        """Tell watchers of the world, if there are any and it is time; anew: in any case. Called by the thread that steps the world."""
        if not self._watchers or (not anew and time.monotonic() - self._told_s < PERIOD_S):
            return
        self._told_s = time.monotonic()
        message = state_message(simulator)
        with self._changed:
            self._map = simulator.episode.served.driving.road_map
            self._message, self._number = message, self._number + 1
            self._changed.notify_all()

    def answer_wake(self, simulator: Simulator) -> None:
        """Somebody has come."""
        self.wake.recv(4096)
        self.show(simulator, anew=True)

    def close(self) -> None:
        """Answer nobody any more."""
        self._http.shutdown()
        self._http.server_close()
        with self._changed:
            self._number = -1
            self._changed.notify_all()
        self._thread.join()
        self.wake.close()
        self._call.close()

    def next_message(self, seen: int) -> tuple[bytes, int] | None:
        """(message, its number) that comes after number `seen`; an empty one where none comes; None where the viewer has closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._number not in (seen, 0), _QUIET_S)
            if self._number < 0:
                return None
            return (b"", seen) if self._number in (seen, 0) else (self._message, self._number)

    def come(self) -> None:
        """One more watches."""
        with self._changed:
            self._watchers += 1
        self._call.send(b"1")

    def go(self) -> None:
        """One fewer."""
        with self._changed:
            self._watchers -= 1

    def map_message(self) -> bytes:
        """Of the present map; made once a map, which takes a second for a kilometre of town."""
        with self._making:
            if self._map is not None and self._drawn is not self._map:
                self._drawn, self._map_message = self._map, map_message(self._map)
            return self._map_message

    @cached_property
    def page(self) -> bytes:
        """HTML with style and script in it."""
        text = asset(_FOLDER, "page.html")
        return (
            text.replace("/*STYLE*/", asset(_FOLDER, "page.css"))
            .replace("/*SCRIPT*/", asset(_FOLDER, "page.js"))
            .encode()
        )


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], viewer: Viewer) -> None:
        self.viewer = viewer
        super().__init__(address, _Answer)


class _Answer(BaseHTTPRequestHandler):
    """One request."""

    server: _Http

    def do_GET(self) -> None:
        """The page, the map, or messages for as long as they are read."""
        host = (self.headers.get("Host") or "").rsplit(":", 1)[0]
        if host not in _HOSTS:
            self.send_error(HTTPStatus.FORBIDDEN)
            return
        viewer, path = self.server.viewer, self.path.partition("?")[0]
        if path == "/":
            self._send(viewer.page, "text/html; charset=utf-8", _policy())
        elif path == "/map":
            self._send(viewer.map_message(), "application/json")
        elif path == "/states":
            self._stream(viewer)
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the terminal belongs to the server."""

    def _send(self, body: bytes, kind: str, policy: str = "default-src 'none'") -> None:
        self.send_response(HTTPStatus.OK)
        for name, value in (
            ("Content-Type", kind), ("Content-Length", str(len(body))), ("Content-Security-Policy", policy),
            ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"),
        ):  # fmt: skip
            self.send_header(name, value)
        self.end_headers()
        with suppress(OSError):  # the page has gone
            self.wfile.write(body)

    def _stream(self, viewer: Viewer) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        viewer.come()
        seen = 0
        with suppress(OSError):  # the page has gone
            while (told := viewer.next_message(seen)) is not None:
                message, seen = told
                self.wfile.write(b"data: " + message + b"\n\n" if message else b":\n\n")
        viewer.go()


def _policy() -> str:
    script, style = (f"'sha256-{digest(asset(_FOLDER, name))}'" for name in ("page.js", "page.css"))
    return (
        f"default-src 'none'; script-src {script}; style-src {style}; img-src data:; connect-src 'self'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    )
