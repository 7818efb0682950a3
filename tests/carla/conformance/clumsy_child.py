"""Says what a child of the conformance run says, and ends, stalls or fails where a probe's name asks for it."""

from __future__ import annotations

import json
import os
import sys
import time

GONE = os.environ.get("CLUMSY_GONE", "")


def say(**what):
    print("probe: " + json.dumps(what), flush=True)


def main():
    names = sys.argv[5:]
    if GONE and names[0] == GONE:
        say(refused="time-out of 1000ms")
        return 2
    print("a remark of the library", flush=True)
    say(server="0.9.16", straight_m=1.0)
    for name in names:
        say(begins=name)
        if name == "ends":
            print("terminate called", file=sys.stderr, flush=True)
            os.abort()
        if name == "stalls":
            time.sleep(60.0)
        if name == "fails":
            say(name=name, failed="RuntimeError: no")
            continue
        say(name=name, measured={"figure": 1.0})
        if name == "cannot_clear":
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
