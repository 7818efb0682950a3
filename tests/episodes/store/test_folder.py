"""A folder of episodes: one writer at a time, an index that is never the truth, and nothing overwritten."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sim_suite.episodes.store import folder as folder_module
from sim_suite.episodes.store.dataset import Dataset
from sim_suite.episodes.store.folder import Recording, rebuild_index
from sim_suite.episodes.store.index import read_index
from sim_suite.episodes.store.reading import Episode
from sim_suite.errors import DamagedFileError, SuiteError
from tests.episodes.store.sample import one_episode, sample_head, write_episode, write_steps

NOBODY = 65534


def files_of(folder: Path) -> dict[str, bytes]:
    """Everything in a folder but its lock."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


@contextmanager
def not_root() -> Iterator[Path]:
    """A folder of its own, as a user whom permissions bind."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o777)
        before = os.geteuid()
        if before == 0:
            os.seteuid(NOBODY)
        try:
            yield Path(name)
        finally:
            os.seteuid(before)


def test_episodes_are_listed_in_the_order_of_recording(tmp_path):
    with Recording(tmp_path / "d") as recording:
        made = [write_episode(recording, steps, seed=steps) for steps in (3, 9, 5)]
    dataset = Dataset(tmp_path / "d")
    assert dataset.entries == made
    assert [len(episode) for episode in dataset.episodes()] == [3, 9, 5]
    assert (made[0].env, made[0].driver, made[0].consent) == ("sim_suite/CarRacing-v0", "ada", "share")


def test_a_second_writer_is_told_and_everything_stays(tmp_path):
    with Recording(tmp_path / "d") as recording:
        write_episode(recording)
        file = recording.begin(sample_head())
        before = files_of(tmp_path / "d")
        with pytest.raises(SuiteError, match=r"another process is recording into .*d. Wait for it, or name another"):
            Recording(tmp_path / "d")
        with pytest.raises(SuiteError, match="another process is recording"):
            rebuild_index(tmp_path / "d")
        script = (
            "from pathlib import Path; from sim_suite.episodes.store.folder import Recording; import sys\n"
            "try: Recording(Path(sys.argv[1]))\n"
            "except Exception as error: print(error)"
        )
        said = subprocess.run(
            [sys.executable, "-c", script, str(tmp_path / "d")], check=True, capture_output=True, text=True, timeout=60
        )
        assert "another process is recording" in said.stdout
        assert files_of(tmp_path / "d") == before
        write_steps(file, 5, 2)
        recording.seal(file, "stopped")
    assert Dataset(tmp_path / "d").check() == {}
    Recording(tmp_path / "d").close()


def test_one_may_read_while_another_records(tmp_path):
    with Recording(tmp_path / "d") as recording:
        write_episode(recording)
        assert len(Dataset(tmp_path / "d")) == 1
        write_episode(recording)
        assert len(Dataset(tmp_path / "d")) == 2


def test_the_index_is_made_again_as_it_was_whatever_befell_it(tmp_path):
    with Recording(tmp_path / "d") as recording:
        for seed in range(4):
            write_episode(recording, 2 + seed, seed=seed)
    index = tmp_path / "d" / "index.jsonl"
    raw, entries = index.read_bytes(), Dataset(tmp_path / "d").entries
    lines = raw.splitlines(keepends=True)
    for damaged in (b"", b"\0" * 50, raw[:-7], raw[:40] + b"!" + raw[41:], b"".join(lines[:2]), raw + lines[0], None):
        index.unlink()
        if damaged is not None:
            index.write_bytes(damaged)
        assert Dataset(tmp_path / "d").entries == entries, "what it lacks is read from the files"
        assert rebuild_index(tmp_path / "d").entries == entries
        assert index.read_bytes() == raw
        assert list(read_index(tmp_path / "d").values()) == entries


def test_the_index_does_not_hide_that_a_file_was_exchanged_or_removed(tmp_path):
    with Recording(tmp_path / "d") as recording:
        for steps in (3, 4, 5):
            write_episode(recording, steps)
    episodes = tmp_path / "d" / "episodes"
    (episodes / "000001.episode").unlink()
    (episodes / "000000.episode").write_bytes((episodes / "000002.episode").read_bytes())
    assert [entry.steps for entry in Dataset(tmp_path / "d").entries] == [5, 5]


def test_a_number_is_never_given_twice(tmp_path):
    for _ in range(3):
        path = one_episode(tmp_path / "d")
    (path.parent / "000001.episode").unlink()
    assert one_episode(tmp_path / "d").name == "000003.episode"


def test_an_episode_is_copied_whole_or_not_at_all(tmp_path):
    source = one_episode(tmp_path / "a")
    with Recording(tmp_path / "b") as recording:
        entry = recording.add(source)
        assert recording.dataset.path(entry).read_bytes() == source.read_bytes()
        raw = bytearray(source.read_bytes())
        raw[300] ^= 1
        source.write_bytes(raw)
        with pytest.raises(DamagedFileError, match=f"{source} was altered"):
            recording.add(source)
        with pytest.raises(SuiteError, match="does not exist"):
            recording.add(tmp_path / "none.episode")
    assert len(Dataset(tmp_path / "b")) == 1
    assert list((tmp_path / "b" / "open").iterdir()) == []


def test_the_disk_has_the_bytes_before_the_name_and_the_name_before_it_returns(tmp_path, monkeypatch):
    happened: list[str] = []
    sync, replace, sync_folder = os.fsync, Path.replace, folder_module.sync_folder

    def syncing(handle: int) -> None:
        happened.append("sync " + Path(f"/proc/self/fd/{handle}").readlink().name)
        sync(handle)

    def replacing(self: Path, target: Path) -> Path:
        happened.append(f"rename {target.name}")
        return replace(self, target)

    def folding(path: Path) -> None:
        happened.append(f"folder {path.name}")
        sync_folder(path)

    with Recording(tmp_path / "d") as recording:
        file = recording.begin(sample_head())
        write_steps(file, 4, 2)
        monkeypatch.setattr(os, "fsync", syncing)
        monkeypatch.setattr(Path, "replace", replacing)
        monkeypatch.setattr(folder_module, "sync_folder", folding)
        recording.seal(file, "terminated")
        monkeypatch.undo()
    wanted = ["sync 000000.episode", "rename 000000.episode", "folder episodes"]
    assert [one for one in happened if one in wanted] == wanted


def test_a_folder_of_other_things_is_not_written_to(tmp_path):
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(SuiteError, match="holds something else than episodes"):
        Recording(tmp_path)
    with pytest.raises(SuiteError, match="holds something else than episodes"):
        Recording(tmp_path / "thesis.tex")
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]
    with pytest.raises(SuiteError, match=r"holds no episodes: there is no dataset.json"):
        Dataset(tmp_path)
    with pytest.raises(SuiteError, match="holds no episodes"):
        rebuild_index(tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [("[1]", "does not describe"), ('{"kind": "episodes", "format": 7}', "has format 7; this version reads 1")],
)
def test_a_folder_that_says_otherwise_is_refused(tmp_path, text, said):
    (tmp_path / "dataset.json").write_text(text)
    with pytest.raises(SuiteError, match=said):
        Dataset(tmp_path)


def test_a_folder_that_one_may_only_read_is_read_and_refused_for_recording():
    with not_root() as root:
        path = one_episode(root / "d")
        before = files_of(root / "d")
        for part in [root / "d", *(root / "d").rglob("*")]:
            part.chmod(0o555 if part.is_dir() else 0o444)
        assert len(Dataset(root / "d")) == 1
        for write in (Recording, rebuild_index):
            with pytest.raises(SuiteError, match=r"cannot write to .*d: Permission denied. Name a folder of your own"):
                write(root / "d")
        with pytest.raises(SuiteError, match=r"cannot write to .*: Permission denied"):
            Recording(root / "d" / "new")
        assert files_of(root / "d") == before
        with Episode(path) as episode:
            episode.check()
        for part in [root / "d", *(root / "d").rglob("*")]:
            part.chmod(0o777)
