"""Whether pictures that were never taken help those who learn from few: real ones alone, varied by rule, by networks, and more real ones.

    sim-suite study augmentation --out runs/augmentation
    sim-suite study augmentation --out runs/augmentation --minutes 60       an hour of it; the same line goes on
    sim-suite study augmentation --out runs/augmentation --subjects segmentation --seeds 0 1

Every arm of a subject has the same real examples, the same steps of the optimiser and the same training seeds, and is judged on the same
held-out data. What is finished is kept and never computed again; killed at any moment, the same line goes on.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import torch

from sim_suite.errors import SuiteError, UnknownNameError
from sim_suite.studies.augmentation.plan import SUBJECTS
from sim_suite.studies.augmentation.running import Study

SEEDS: Final = (0, 1, 2, 3, 4)
UNFINISHED: Final = 75
"""Exit status where time was up before the end: sysexits.h's EX_TEMPFAIL, try again."""
_MINUTE_S: Final = 60.0


def main(arguments: Sequence[str]) -> int:
    """Run the study; 0 where the table is whole, 75 where time was up before, 2 with a line that says what was wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="folder of the study; a new one, or one to go on with")
    parser.add_argument("--subjects", nargs="+", default=list(SUBJECTS), help=", ".join(SUBJECTS))
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS, help="training seeds")
    parser.add_argument(
        "--minutes", type=float, default=None, help="stop after so long, at the next line of metrics or track"
    )
    chosen = parser.parse_args(arguments)
    end_s = None if chosen.minutes is None else time.monotonic() + _MINUTE_S * chosen.minutes
    torch.set_num_threads(1)
    try:
        for name in chosen.subjects:
            if name not in SUBJECTS:
                raise UnknownNameError("subject", name, SUBJECTS)
        if min(chosen.seeds) < 0:
            raise SuiteError(f"--seeds must be 0 or more, not {min(chosen.seeds)}.")
        study = Study(
            chosen.out,
            {name: SUBJECTS[name] for name in chosen.subjects},
            tuple(chosen.seeds),
            lambda: end_s is not None and time.monotonic() > end_s,
        )
        study.take()
        done = study.run(lambda text: print(text, flush=True))
    except SuiteError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(study.write_table())
    return 0 if done else UNFINISHED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
