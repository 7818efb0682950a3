"""The page that says what becomes of each call of CARLA's client, made from the table by which calls are answered. Source: ours."""

from __future__ import annotations

from sim_suite.carla.server.blueprints.library import library
from sim_suite.carla.server.rpc.complete import CALLS
from sim_suite.carla.server.rpc.table import Status
from sim_suite.carla.server.sensors.registry import ABSENT, BUILT
from sim_suite.carla.wire.layout import VERSION

HEAD = f"""# What is served of CARLA {VERSION}

Made by `sim-suite carla-server --coverage`. *Done*: as CARLA does it, or as the remark says. *Accepted*: nothing in the embedded world
could change by it. *Refused*: answered with an error that says why.
"""


def rows() -> list[dict[str, str]]:
    """The table of calls as plain values, by topic and name."""
    calls = sorted(CALLS.values(), key=lambda call: (call.topic, call.name))
    return [{"call": one.name, "topic": one.topic, "status": one.status.value, "remark": one.remark} for one in calls]


def page() -> str:
    """Markdown."""
    counts = {status: sum(call.status is status for call in CALLS.values()) for status in Status}
    lines = [
        HEAD,
        f"{len(CALLS)} calls: " + ", ".join(f"{count} {status.value}" for status, count in counts.items()) + ".",
        "",
    ]
    for topic in dict.fromkeys(call.topic for call in CALLS.values()):
        lines += [f"## {topic}", "", "| call | | remark |", "|---|---|---|"]
        rows = sorted((call for call in CALLS.values() if call.topic == topic), key=lambda call: call.name)
        lines += [f"| `{call.name}` | {call.status.value} | {call.remark} |" for call in rows]
        lines.append("")
    lines += ["## Sensors", "", "| sensor | |", "|---|---|"]
    lines += [f"| `{name}` | done |" for name in sorted(BUILT)] + [f"| `{name}` | refused |" for name in sorted(ABSENT)]
    lines += ["", "## Blueprints", ""]
    bodies = [name for name, blueprint in library().items() if blueprint.shape is not None]
    walkers = [name for name in bodies if name.startswith("walker.")]
    named = [f"`{name}`" for name in bodies if name not in walkers]
    lines += [", ".join([*named, f"`{walkers[0]}` to `{walkers[-1].rsplit('.', 1)[-1]}`"]), ""]
    return "\n".join(lines)
