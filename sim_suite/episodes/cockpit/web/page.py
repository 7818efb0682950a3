"""The page as one answer of the server: style and script are in it, and it may load nothing from anywhere. Source: ours."""

from __future__ import annotations

from functools import cache

from sim_suite.pages import asset, digest


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
    return f"'sha256-{digest(_asset(name))}'"


@cache
def _asset(name: str) -> str:
    return asset("sim_suite.episodes.cockpit.web", name)
