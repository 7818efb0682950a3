"""Drives as files and as windows: nothing is lost but half of the precision, no window leaves its drive."""

from __future__ import annotations

import numpy as np
import pytest

from agents.world_models.drives import Drive, Drives, read_drive, write_drive
from sim_suite.errors import DamagedFileError, SuiteError


def drive(length, first):
    """Latents count decisions from `first` on and have no variance; so does the first column of actions."""
    count = np.arange(first, first + length, dtype=np.float32)
    return Drive(
        np.stack([count, -count], axis=1), np.full((length, 2), -250.0, np.float32), np.stack([count] * 3, axis=1)
    )


def test_a_drive_is_read_as_it_was_written(tmp_path):
    written = drive(7, 0)
    write_drive(tmp_path / "drives" / "0.safetensors", written)
    for one, other in zip(read_drive(tmp_path / "drives" / "0.safetensors"), written, strict=True):
        assert one.dtype == np.float32
        assert np.array_equal(one, other)


def test_what_is_no_drive_is_refused(tmp_path):
    (tmp_path / "x").write_bytes(b"nothing")
    with pytest.raises(DamagedFileError, match="is no drive"):
        read_drive(tmp_path / "x")


def test_windows_are_of_one_drive_and_foretell_what_came_next():
    drives = Drives([drive(6, 0), drive(3, 100), drive(9, 200)], window=4)
    windows = drives.drawn(64, seed=1, number=0)
    assert windows.latents.shape == (5, 64, 2)
    assert windows.actions.shape == (4, 64, 3)
    assert np.array_equal(np.diff(windows.latents[..., 0], axis=0), np.ones((4, 64)))
    assert np.array_equal(windows.actions[..., 0], windows.latents[:-1, :, 0])
    starts = set(windows.latents[0, :, 0].tolist())
    assert starts == {0.0, 1.0, 200.0, 201.0, 202.0, 203.0, 204.0}, "each that there is; the short drive has none"


def test_latents_are_drawn_anew_by_seed_and_number():
    one = Drive(
        np.zeros((30, 2), np.float32), np.full((30, 2), 2 * np.log(0.5), np.float32), np.zeros((30, 3), np.float32)
    )
    drives = Drives([one], window=9)
    first, again, other = (drives.drawn(500, 1, number).latents for number in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert first.std() == pytest.approx(0.5, rel=0.03)


def test_windows_in_turn_do_not_overlap():
    found = Drives([drive(11, 0), drive(5, 100)], window=4).in_turn(10, seed=0).latents[0, :, 0]
    assert found.tolist() == [0.0, 5.0, 100.0]
    assert Drives([drive(11, 0)], window=4).in_turn(1, seed=0).latents.shape == (5, 1, 2)


def test_drives_that_are_too_short_are_refused():
    with pytest.raises(SuiteError, match="none of 2 drives is longer than a window of 9 decisions; the longest has 9"):
        Drives([drive(9, 0), drive(4, 0)], window=9)
