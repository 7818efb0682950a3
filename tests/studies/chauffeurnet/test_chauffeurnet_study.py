"""The command: a page, a table and data; the same bytes again; what was judged is not driven again; without the cue one collides."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.imitation.chauffeurnet.data.experience import ExperienceOptions
from sim_suite.errors import SuiteError
from sim_suite.files import read_json
from sim_suite.studies.chauffeurnet import __main__ as study
from sim_suite.studies.chauffeurnet import driving, judging
from sim_suite.studies.chauffeurnet import film as filming
from sim_suite.studies.chauffeurnet.__main__ import CSV, JSON, PAGE, Arguments, main
from sim_suite.studies.chauffeurnet.driving import Named, read_agents
from sim_suite.studies.chauffeurnet.examples import held_out
from sim_suite.studies.chauffeurnet.open_loop import WARNING

FEW = ExperienceOptions(maps=("loop_straight",), practice=0, worlds=2, seconds=8.0, actors=8, drivers=("idm",))
FORESEER = f"{Path(__file__).parent / 'watchers.py'}:Foreseer"
CRASHER = f"{Path(__file__).parent / 'watchers.py'}:Crasher"
WATCHER = f"{Path(__file__).parent / 'watchers.py'}:Watcher"


def arguments(out, **changed):
    told = {
        "agents": ("M4=idm", "M0=blind-route"),
        "families": ("slow_car",),
        "variations": 5,
        "open_loop": 0,
        "ablate": (),
    }
    return Arguments(**(told | changed), out=out)


def test_page_table_and_data(tmp_path, capsys):
    assert main(arguments(tmp_path, variations=8)) == 0
    data = read_json(tmp_path / JSON)
    assert [(row["agent"], row["outcomes"]["slows down"]["count"]) for row in data["closed_loop"]] == [
        ("M4", 8),
        ("M0", 0),
    ]
    assert data["closed_loop"][0]["outcomes"]["slows down"]["paper_percent"] == 85
    assert data["comparisons"][0]["disjoint"]
    assert "the intervals are disjoint: M4 is ahead." in capsys.readouterr().out
    page = (tmp_path / PAGE).read_text()
    assert "Slowing down for a slow car" in page
    assert "the intervals are disjoint: M4 is ahead." in page
    assert str(tmp_path) not in page
    assert len((tmp_path / CSV).read_text().splitlines()) == 1 + 2 * 4


def test_equal_seeds_give_equal_bytes(tmp_path):
    for name in ("one", "other"):
        main(arguments(tmp_path / name, families=("straight",)))
    for name in (PAGE, JSON, CSV):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "other" / name).read_bytes()


@pytest.mark.slow
def test_processes_side_by_side_give_the_same_bytes(tmp_path):
    for name, workers in (("one", 1), ("two", 2)):
        main(arguments(tmp_path / name, families=("straight",), workers=workers))
    for name in (PAGE, JSON, CSV):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


@pytest.mark.slow
def test_a_process_that_is_killed_is_told_in_a_line(tmp_path):
    with pytest.raises(SuiteError, match="a process was killed"):
        main(arguments(tmp_path, agents=("M0=blind-route", f"M4={CRASHER}"), families=("straight",), workers=2))


def test_it_goes_on_where_it_was_broken_off(tmp_path, monkeypatch):
    def broken(*_arguments, **_more):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(study, "_open_loop", broken)  # after all was driven
        with pytest.raises(KeyboardInterrupt):
            main(arguments(tmp_path / "one"))
    assert not (tmp_path / "one" / JSON).exists()
    driven = []
    ran = driving.run_trial
    monkeypatch.setattr(
        driving, "run_trial", lambda *given, **more: driven.append(count_before(more["journal"])) or ran(*given, **more)
    )
    main(arguments(tmp_path / "one", families=("slow_car", "straight")))
    assert driven == [6, 6, 0, 0]  # a head and five verdicts of either; nothing of the second family
    main(arguments(tmp_path / "other", families=("slow_car", "straight")))
    assert (tmp_path / "one" / JSON).read_bytes() == (tmp_path / "other" / JSON).read_bytes()


def count_before(journal):
    return len(journal.read_bytes().splitlines()) if journal.is_file() else 0


def test_without_the_cue_who_obeys_it_collides(tmp_path):
    main(arguments(tmp_path, agents=(f"M4={WATCHER}",), ablate=("M4",), variations=3))
    data = read_json(tmp_path / JSON)
    (seen,), (blanked,) = data["closed_loop"], data["without_the_cue"]
    assert blanked["blanked"] == "others"
    assert seen["outcomes"]["collides"]["count"] == 0
    assert blanked["outcomes"]["collides"]["count"] == 3
    assert "Without the cue" in (tmp_path / PAGE).read_text()


def test_a_part_at_a_time_is_the_whole(tmp_path, monkeypatch):
    slow = study.family("slow_car")
    whole = driving.drive(slow, Named("w", WATCHER), tmp_path / "whole", variations=3, seed=0)
    monkeypatch.setattr(driving, "PART", 2)
    parts = driving.drive(slow, Named("w", WATCHER), tmp_path / "parts", variations=3, seed=0)
    assert whole.verdicts == parts.verdicts


def test_agents_have_names():
    assert read_agents(["M4=runs/x", "idm"]) == [Named("M4", "runs/x"), Named("idm", "idm")]
    with pytest.raises(SuiteError, match="two agents are named 'idm'"):
        read_agents(["idm", "idm=pdm"])
    with pytest.raises(SuiteError, match="NAME=AGENT"):
        read_agents(["=pdm"])


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"variations": 0}, "--variations must be 1 or more"),
        ({"workers": 0}, "--workers must be 1 or more, not 0"),
        ({"open_loop": -1}, "--open-loop must be 0 or more"),
        ({"film": ("M3",)}, "--film names 'M3'"),
        ({"families": ("slow_cra",)}, "slow_car"),
        ({"ablate": ("M4",)}, "sees state"),
    ],
)
def test_what_is_asked_wrongly_is_refused(tmp_path, changed, words):
    with pytest.raises(SuiteError, match=words):
        main(arguments(tmp_path, **changed))


def test_a_network_is_judged_in_open_loop_and_filmed(tmp_path, monkeypatch):
    few = held_out(12, 10_000, FEW)
    monkeypatch.setattr(judging, "held_out", lambda count, seed: few)
    monkeypatch.setattr(filming, "MOST_S", 0.5)
    asked = {
        "agents": (f"M4={FORESEER}", "idm"),
        "families": ("straight",),
        "variations": 1,
        "open_loop": 12,
        "film": ("M4",),
    }
    for name in ("one", "other"):
        main(arguments(tmp_path / name, **asked))
    page = (tmp_path / "one" / PAGE).read_text()
    assert WARNING in page
    assert "On perturbed data" in page
    assert 'src="data:video/webm;base64,' in page
    judged = read_json(tmp_path / "one" / JSON)["open_loop"]
    assert [(one["agent"], one["data"], len(one["l2_m"])) for one in judged] == [
        ("M4", "clean", 3),
        ("M4", "perturbed", 3),
    ]
    assert all(one["examples"] > 0 for one in judged)
    for name in (PAGE, JSON, CSV, "films/straight-M4-10000-0.webm"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "other" / name).read_bytes()
