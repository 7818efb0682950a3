"""Runs what needs LibCarla in a process of its own, since it ends the process on some faults."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
LIMIT_S = 300


def answers(module: str, queries: object) -> dict[str, Any]:
    """What `python -m module` prints as JSON when it is given queries as JSON."""
    done = subprocess.run(
        [sys.executable, "-m", module], input=json.dumps(queries), capture_output=True, text=True, timeout=LIMIT_S, cwd=ROOT
    )  # fmt: skip
    assert done.returncode == 0, f"{module} ended with {done.returncode}: {done.stderr[-2000:]}"
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
