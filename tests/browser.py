"""A headless Chromium driven over a pipe, for tests of the page: open, run script, press keys, photograph.

Source: the Chrome DevTools Protocol (chromedevtools.github.io/devtools-protocol), which `--remote-debugging-pipe` speaks
as JSON messages ended by NUL on file descriptors 3 (in) and 4 (out): no port, no websocket.
"""

import base64
import json
import os
import select
import subprocess
import time
from pathlib import Path

TIMEOUT_S = 60.0


class Browser:
    """One tab. `events` collects what the page logged, threw and requested since `open`."""

    def __init__(self, program: str, profile: Path) -> None:
        """Start Chromium with an empty profile folder."""
        to_browser, self._out = os.pipe()
        self._in, from_browser = os.pipe()
        flags = (
            "--headless --no-sandbox --disable-gpu --hide-scrollbars --no-first-run --disable-background-networking "
            "--disable-dev-shm-usage --autoplay-policy=no-user-gesture-required --remote-debugging-pipe"
        )
        command = f'exec "$0" {flags} --user-data-dir="$1" about:blank 3<&{to_browser} 4>&{from_browser}'
        self._process = subprocess.Popen(
            ["bash", "-c", command, program, str(profile)],
            pass_fds=(to_browser, from_browser),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_browser)
        os.close(from_browser)
        self._buffer, self._number, self._session, self.events = b"", 0, None, []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def open(self, path: Path, *, width: int = 1280, height: int = 1600, scheme: str = "light") -> None:
        """Load a file and wait for its load event."""
        self.visit(path.as_uri(), width=width, height=height, scheme=scheme)

    def visit(self, address: str, *, width: int = 1280, height: int = 1600, scheme: str = "light") -> None:
        """Load a page and wait for its load event."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.events = []
        self.call("Page.navigate", url=address)
        self._until(lambda message: message.get("method") == "Page.loadEventFired")

    def evaluate(self, expression: str):
        """Value of an expression in the page, awaited; raises where it throws. Allowed by any security policy."""
        reply = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in reply, reply["exceptionDetails"]
        return reply["result"].get("value")

    def press(self, key: str, text: str = "") -> None:
        """One key, as a person would press it."""
        self.key_down(key, text)
        self.key_up(key)

    def key_down(self, key: str, text: str = "") -> None:
        """A key is pressed and held: a letter, or a name as `KeyboardEvent.key` says it."""
        self.call("Input.dispatchKeyEvent", type="keyDown", text=text, **_key(key))

    def key_up(self, key: str) -> None:
        """It is let go."""
        self.call("Input.dispatchKeyEvent", type="keyUp", **_key(key))

    def click(self, selector: str) -> None:
        """A real click into the middle of an element."""
        box = "(e => { e.scrollIntoView({block: 'center', behavior: 'instant'}); const b = e.getBoundingClientRect();"
        x, y = self.evaluate(
            f"{box} return [b.x + b.width / 2, b.y + b.height / 2] }})(document.querySelector('{selector}'))"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def photograph(self, path: Path) -> None:
        """The whole page as PNG."""
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        shot = self.call("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
        path.write_bytes(base64.b64decode(shot["data"]))

    def problems(self) -> list[str]:
        """Errors that the page logged or threw."""
        logged = [e["params"]["entry"] for e in self.events if e["method"] == "Log.entryAdded"]
        thrown = [e["params"] for e in self.events if e["method"] == "Runtime.exceptionThrown"]
        called = [e["params"] for e in self.events if e["method"] == "Runtime.consoleAPICalled"]
        return [json.dumps(x) for x in [*logged, *thrown, *called]]

    def requests(self) -> list[str]:
        """Addresses that the page asked for."""
        sent = (e for e in self.events if e["method"] == "Network.requestWillBeSent")
        return [e["params"]["request"]["url"] for e in sent]

    def close(self) -> None:
        """End the browser that was started here."""
        self._process.terminate()
        self._process.wait(timeout=TIMEOUT_S)
        os.close(self._in)
        os.close(self._out)

    def call(self, method: str, **params):
        """One command and its result."""
        self._number += 1
        number = self._number
        message = {"id": number, "method": method, "params": params}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        reply = self._until(lambda m: m.get("id") == number)
        assert "error" not in reply, (method, reply)
        return reply["result"]

    def _until(self, wanted):
        deadline = time.monotonic() + TIMEOUT_S
        while True:
            while b"\0" in self._buffer:
                raw, self._buffer = self._buffer.split(b"\0", 1)
                message = json.loads(raw)
                if "method" in message:
                    self.events.append(message)
                if wanted(message):
                    return message
            ready, _, _ = select.select([self._in], [], [], max(0.0, deadline - time.monotonic()))
            assert ready, "Chromium did not answer in time"
            data = os.read(self._in, 1 << 20)
            assert data, "Chromium ended early"
            self._buffer += data


def _key(key: str):
    """How the protocol names a key: its name, its place on a keyboard, the number Windows gives it."""
    numbers = {
        "Enter": 13,
        "Tab": 9,
        " ": 32,
        "ArrowLeft": 37,
        "ArrowUp": 38,
        "ArrowRight": 39,
        "ArrowDown": 40,
        "Backspace": 8,
        "Escape": 27,
    }
    letter = len(key) == 1 and key.isalpha()
    code = f"Key{key.upper()}" if letter else {" ": "Space"}.get(key, key)
    return {"key": key, "code": code, "windowsVirtualKeyCode": ord(key.upper()) if letter else numbers[key]}
