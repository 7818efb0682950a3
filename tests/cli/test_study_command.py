"""`sim-suite study`: every study that is listed is a program that reads its own arguments."""

from __future__ import annotations

import json
import sys

import pytest

from sim_suite.cli.main import main
from sim_suite.cli.study import STUDIES


def test_studies_are_listed(capsys):
    assert main(["study", "--json"]) == 0
    assert [row["name"] for row in json.loads(capsys.readouterr().out)] == list(STUDIES)
    assert main(["study"]) == 0
    out = capsys.readouterr().out
    assert all(name in out for name in STUDIES)


@pytest.mark.filterwarnings("ignore:.*found in sys.modules:RuntimeWarning")  # other tests have imported them
@pytest.mark.parametrize("name", STUDIES)
def test_every_study_has_a_help_of_its_own(name, capsys):
    before = list(sys.argv)
    assert main(["study", name, "--help"]) == 0
    assert "usage:" in capsys.readouterr().out
    assert sys.argv == before


def test_its_status_is_the_studys(capsys, tmp_path):
    assert main(["study", "augmentation", "--out", str(tmp_path), "--subjects", "driving"]) == 2
    assert "unknown subject 'driving'" in capsys.readouterr().err
