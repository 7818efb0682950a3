"""Pages as one HTML file each, which opens anywhere, offline: what all of them are put together with. Source: ours.

Style, script and pictures stand in the file. Where there is a script, a page's content security policy lets through the one with
its hash alone.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

PAGE: Final = "page.html.j2"


def template(package: str, name: str = PAGE, **filters: Callable[..., Any]) -> Template:
    """A template that lies in a package, with its filters. Whatever is put into it is escaped; a name that it does not know is an error."""
    environment = Environment(
        loader=PackageLoader(package, "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters.update(filters)
    return environment.get_template(name)


def asset(package: str, name: str) -> str:
    """The text of a file in a package."""
    return files(package).joinpath(name).read_text(encoding="utf-8")


def with_script(script: str) -> dict[str, str]:
    """What a template with a script asks for: `script`, and `script_hash` for its policy, base64 of SHA-256."""
    return {"script": Markup(script), "script_hash": digest(script)}


def data_uri(content: bytes, kind: str = "video/webm") -> str:
    """A film or picture as an address that holds it. kind: media type."""
    return f"data:{kind};base64," + base64.b64encode(content).decode()


def digest(text: str) -> str:
    """Of a script or style, as a content security policy names it behind "sha256-"."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
