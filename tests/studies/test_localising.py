"""How well a car knows where it is: figures by hand, and two seconds of a drive."""

from __future__ import annotations

import numpy as np
import pytest

from sim_suite.errors import SuiteError
from sim_suite.studies.localising import LEFT, Arguments, drawn, drive, judged, main, to_markdown


def test_figures_by_hand():
    runs = np.zeros((2, 2, 2, 4))  # steps, drives, filters
    runs[:, 0, 0, LEFT] = 3.0, 4.0
    runs[:, :, 1, 2] = np.radians(2.0)
    runs[..., 3] = 5.0
    row = judged("somewhere", runs)
    assert row["readings"]["left_m"] == pytest.approx(np.sqrt(25.0 / 4.0))
    assert row["readings"]["left_worst_m"] == pytest.approx(np.sqrt(12.5))
    assert row["matched"]["turn_deg"] == pytest.approx(2.0)
    assert row["matched"]["nees"] == 5.0
    assert "| `somewhere` | readings | 0.00 m | 2.50 m | 3.54 m | 0.00 deg | 5.00 |" in to_markdown([row])


def test_the_ground_tells_more_than_readings_do_and_the_same_seed_the_same():
    run = drive("country_road", 101, 2)
    assert run.shape == (20, 2, 4)
    assert np.isfinite(run).all()
    off = np.abs(run[..., LEFT]).mean(axis=0)
    assert off[1] < off[0]
    assert np.array_equal(run, drive("country_road", 101, 2))
    assert drawn(run, "a drive").startswith(b"\x89PNG")


def test_no_drive_is_refused():
    with pytest.raises(SuiteError, match=r"--drives must be 1 or more and --seconds 1 to 3,600, not 0 and 60"):
        main(Arguments(drives=0))
