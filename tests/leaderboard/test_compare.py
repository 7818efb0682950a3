"""Running leaderboards: faults are no scores, a stopped run goes on to the same bytes, and the record can be trusted."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import pytest

from sim_suite.errors import DamagedFileError, SuiteError
from sim_suite.files import Journal, read_journal
from sim_suite.leaderboard import suite as suites
from sim_suite.leaderboard.compare import Options, Watch, compare
from sim_suite.leaderboard.merge import merge
from sim_suite.leaderboard.records import JOURNAL, read
from sim_suite.leaderboard.results import PAGE, RESULTS, SCORES
from sim_suite.leaderboard.verify import verify

HERE = Options(workers=0, clips=False)


@pytest.fixture
def suite(small_suite):
    return suites.load(str(small_suite))


def outputs(folder):
    return {name: (folder / name).read_bytes() for name in (RESULTS, SCORES, PAGE)}


def test_a_leaderboard_holds_a_row_an_episode_and_says_who_did_not_enter(suite, clumsy, tmp_path):
    left = []
    compare(
        suite,
        ["random", f"mine={clumsy}:Steady"],
        tmp_path / "out",
        HERE,
        Watch(entered=lambda entry, missed: left.extend(missed)),
    )
    records = read(tmp_path / "out")
    assert len(records.rows) == 6 + 6 + 6
    assert [(one.label, one.task) for one in left] == [("mine", "lake")]
    scores = json.loads((tmp_path / "out" / SCORES).read_text())
    entries = scores["sections"]["small"]["entries"]
    mean = (
        sum(row.episode_return for row in records.sorted_rows() if (row.task, row.entry) == ("cart-pole", "mine")) / 6
    )
    assert entries["mine"]["tasks"]["cart-pole"]["mean"]["value"] == pytest.approx(mean)
    assert entries["mine"]["normalised_iqm"] is None, "an aggregate over fewer tasks is not comparable"
    assert entries["random"]["normalised_iqm"] is not None


def test_an_agent_that_names_no_environment_enters_all_that_fit(suite, clumsy, tmp_path):
    compare(suite, [f"{clumsy}:Anywhere"], tmp_path / "out", HERE)
    outcomes = {(row.task, row.outcome) for row in read(tmp_path / "out").rows.values()}
    assert outcomes == {("cart-pole", "ok"), ("lake", "agent_error")}


def test_faults_are_counted_and_are_no_scores(suite, clumsy, tmp_path):
    compare(suite, [f"{clumsy}:{cls}" for cls in ("Raises", "Outside")], tmp_path / "out", HERE)
    entries = json.loads((tmp_path / "out" / SCORES).read_text())["sections"]["small"]["entries"]
    outside = entries["Outside"]["tasks"]["cart-pole"]
    assert outside["episodes"] == {"ok": 0, "agent_error": 6, "env_error": 0}
    assert outside["mean"] is None
    raises = entries["Raises"]["tasks"]["cart-pole"]
    assert raises["episodes"]["ok"] + raises["episodes"]["agent_error"] == 6


def test_a_worker_that_dies_costs_its_episode_and_no_other(suite, clumsy, tmp_path):
    options = Options(workers=2, clips=False)
    compare(suite, [f"{clumsy}:Dies", f"{clumsy}:Steady"], tmp_path / "out", options)
    rows = read(tmp_path / "out").sorted_rows()
    dead = [row for row in rows if row.entry == "Dies"]
    assert len(dead) == 6
    assert {row.outcome for row in dead} == {"worker_died", "ok"}
    assert all("exit code 3" in row.message for row in dead if row.outcome == "worker_died")
    assert [row.outcome for row in rows if row.entry == "Steady"] == ["ok"] * 6


def test_a_worker_that_dies_in_the_midst_of_several_episodes_costs_one(suite, clumsy, tmp_path):
    """Both die where the cart is to the right; one is asked about all six at once."""
    options = Options(workers=1, clips=False)
    compare(suite, [f"{clumsy}:Dies", f"{clumsy}:DiesBeside"], tmp_path / "out", options)
    rows = read(tmp_path / "out").sorted_rows()
    alone, beside = ([row.outcome for row in rows if row.entry == name] for name in ("Dies", "DiesBeside"))
    assert alone == beside
    assert set(beside) == {"worker_died", "ok"}


@pytest.mark.parametrize("workers", [1, 3])
def test_the_number_of_workers_changes_nothing(suite, tmp_path, workers):
    compare(suite, ["random", "do-nothing"], tmp_path / "a", HERE)
    compare(suite, ["random", "do-nothing"], tmp_path / "b", replace(HERE, workers=workers))
    assert outputs(tmp_path / "a") == outputs(tmp_path / "b")


def test_a_journal_cut_anywhere_is_completed_to_the_same_bytes(suite, tmp_path):
    agents = ["random", "do-nothing"]
    compare(suite, agents, tmp_path / "whole", HERE)
    raw = (tmp_path / "whole" / JOURNAL).read_bytes()
    for cut in range(1, len(raw), len(raw) // 9):
        folder = tmp_path / f"cut-{cut}"
        folder.mkdir()
        (folder / JOURNAL).write_bytes(raw[:cut])
        compare(suite, agents, folder, replace(HERE, resume=True))
        assert outputs(folder) == outputs(tmp_path / "whole")


def test_resuming_plays_only_what_is_missing_and_takes_in_new_agents(suite, tmp_path):
    compare(suite, ["random"], tmp_path / "out", HERE)
    played = []
    watch = Watch(advanced=played.append)
    compare(suite, ["random", "do-nothing"], tmp_path / "out", replace(HERE, resume=True), watch)
    assert played.count("episodes") == 12
    assert len(read(tmp_path / "out").rows) == 24


def test_failed_episodes_can_be_played_again(suite, clumsy, tmp_path):
    compare(suite, [f"mine={clumsy}:Steady"], tmp_path / "out", HERE)
    path = tmp_path / "out" / JOURNAL
    records = read_journal(path)
    path.unlink()
    with Journal(path) as journal:
        for record in records:
            failed = record["kind"] == "row" and record["episode"] == 2
            journal.append({**record, "outcome": "worker_died", "message": "x"} if failed else record)
    compare(suite, [f"mine={clumsy}:Steady"], tmp_path / "out", replace(HERE, retry_failed=True))
    assert {row.outcome for row in read(tmp_path / "out").rows.values()} == {"ok"}


def test_a_folder_in_use_or_begun_is_not_written_over(suite, tmp_path):
    compare(suite, ["random"], tmp_path / "out", HERE)
    with pytest.raises(SuiteError, match=r"holds a leaderboard already\. Add --resume"):
        compare(suite, ["random"], tmp_path / "out", HERE)
    other = replace(suite, tasks=tuple(replace(task, episodes=2) for task in suite.tasks))
    with pytest.raises(SuiteError, match="begun with another version of the suite"):
        compare(other, ["random"], tmp_path / "out", replace(HERE, resume=True))


def test_an_agent_that_changed_does_not_take_over_the_rows_of_its_namesake(suite, clumsy, tmp_path):
    compare(suite, [f"mine={clumsy}:Steady"], tmp_path / "out", HERE)
    clumsy.write_text(clumsy.read_text() + "\n# changed\n")
    with pytest.raises(SuiteError, match="has rows of another agent"):
        compare(suite, [f"mine={clumsy}:Steady"], tmp_path / "out", replace(HERE, resume=True))
    with pytest.raises(SuiteError, match="is not the agent that was recorded"):
        verify(tmp_path / "out", 3, seed=0, workers=0, trust=False)


def test_a_flipped_byte_in_the_journal_is_named_by_line(suite, tmp_path):
    compare(suite, ["random"], tmp_path / "out", HERE)
    path = tmp_path / "out" / JOURNAL
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 4
    path.write_bytes(bytes(raw))
    with pytest.raises(DamagedFileError, match=r"journal\.jsonl:\d+: record does not match its checksum"):
        compare(suite, ["random"], tmp_path / "out", replace(HERE, resume=True))


@pytest.mark.parametrize(
    ("agents", "message"),
    [
        ([], "no agents to compare"),
        (["=random"], "is not LABEL=NAME"),
        (["random", "random"], "random stands twice under 'random'"),
        (["x=nowhere/*"], "matches no folder"),
        (["car-racing-pursuit"], "fits no task of the suite 'small'"),
    ],
)
def test_what_is_no_entry(suite, tmp_path, agents, message):
    with pytest.raises(SuiteError, match=message):
        compare(suite, agents, tmp_path / "out", HERE)


def test_verify_holds_for_an_honest_record_and_fails_for_another(suite, clumsy, tmp_path):
    compare(suite, ["random", f"mine={clumsy}:Steady"], tmp_path / "out", HERE)
    verdict = verify(tmp_path / "out", 100, seed=0, workers=0, trust=False)
    assert (verdict.checked, verdict.mismatches, verdict.version_changes) == (18, [], {})
    path = tmp_path / "out" / JOURNAL
    records = read_journal(path)
    path.unlink()
    with Journal(path) as journal:
        for record in records:
            if record["kind"] == "row" and record["entry"] == "mine" and record["episode"] == 1:
                record = {**record, "episode_return": record["episode_return"] + 1}
            journal.append(record)
    found = verify(tmp_path / "out", 100, seed=0, workers=0, trust=False).mismatches
    assert [(one.row.entry, one.row.episode, one.field) for one in found] == [("mine", 1, "episode_return")]


def test_verify_finds_out_agents_that_carry_memory_between_episodes(suite, clumsy, tmp_path):
    compare(suite, [f"{clumsy}:Forgetful"], tmp_path / "out", HERE)
    assert verify(tmp_path / "out", 100, seed=0, workers=0, trust=False).mismatches


def test_merging_joins_what_two_machines_played(suite, tmp_path):
    compare(suite, ["random", "do-nothing"], tmp_path / "both", HERE)
    compare(suite, ["random"], tmp_path / "a", HERE)
    compare(suite, ["do-nothing"], tmp_path / "b", HERE)
    merge([tmp_path / "a", tmp_path / "b"], tmp_path / "joined")
    for name in (RESULTS, SCORES):
        assert (tmp_path / "joined" / name).read_bytes() == (tmp_path / "both" / name).read_bytes()


def test_merging_refuses_what_does_not_belong_together(suite, tmp_path):
    compare(suite, ["random"], tmp_path / "a", HERE)
    other = replace(suite, tasks=suite.tasks[:1])
    compare(other, ["random"], tmp_path / "b", HERE)
    with pytest.raises(SuiteError, match="Only equal suites can be joined"):
        merge([tmp_path / "a", tmp_path / "b"], tmp_path / "c")
    with pytest.raises(SuiteError, match="needs two folders or more"):
        merge([tmp_path / "a"], tmp_path / "c")
    with pytest.raises(SuiteError, match=r"holds no journal\.jsonl"):
        merge([tmp_path / "a", tmp_path / "none"], tmp_path / "c")
    with pytest.raises(SuiteError, match="is one of the folders to merge"):
        merge([tmp_path / "a", tmp_path / "b"], tmp_path / "a")
    shutil.copytree(tmp_path / "a", tmp_path / "d")
    records = read_journal(tmp_path / "d" / JOURNAL)
    (tmp_path / "d" / JOURNAL).unlink()
    with Journal(tmp_path / "d" / JOURNAL) as journal:
        for record in records:
            journal.append({**record, "length": 1} if record["kind"] == "row" else record)
    with pytest.raises(SuiteError, match="`sim-suite verify` tells which one holds"):
        merge([tmp_path / "a", tmp_path / "d"], tmp_path / "e")


def test_several_runs_under_one_label_are_its_training_seeds(suite, clumsy, tmp_path):
    twin = clumsy.with_name("twin.py")
    twin.write_text(clumsy.read_text() + "\n# another run\n")
    compare(suite, [f"mine={clumsy}:Steady", f"mine={twin}:Steady"], tmp_path / "out", HERE)
    entry = read(tmp_path / "out").entries["mine"]
    assert entry.tasks == {"cart-pole": [0, 1]}
    mean = json.loads((tmp_path / "out" / SCORES).read_text())["sections"]["small"]["entries"]["mine"]["tasks"][
        "cart-pole"
    ]["mean"]
    assert (mean["training_seeds"], mean["episodes"]) == (2, 12)
