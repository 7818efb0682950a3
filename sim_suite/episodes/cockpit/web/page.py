"""The page as one answer of the server: style and script are in it, and it may load nothing from anywhere. Source: ours."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files


@cache
def page_text() -> str:
    """The HTML."""
    return _asset("page.html").replace("/*STYLE*/", _asset("page.css")).replace("/*SCRIPT*/", _asset("page.js"))


def page_headers(host: str) -> dict[str, str]:
    """What a browser must know of the page: it is not to be stored, framed, or named to others, and speaks with us only.

    `host` is the checked `Host` of the request; not all browsers take 'self' to include WebSockets.
    """
    policy = (
        f"default-src 'none'; script-src {_hash('page.js')}; style-src {_hash('page.css')}; img-src data:; "
        f"connect-src 'self' ws://{host}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }


def _hash(name: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(_asset(name).encode()).digest()).decode()}'"


@cache
def _asset(name: str) -> str:
    return files("sim_suite.episodes.cockpit.web").joinpath(name).read_text(encoding="utf-8")
