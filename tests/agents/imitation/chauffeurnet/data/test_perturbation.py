"""Refitted drives: against quintics solved as linear equations, finite differences, and their own limits."""

from __future__ import annotations

import numpy as np
import pytest

from agents.imitation.chauffeurnet.data.perturbation import POSE, PSPEED, PX, PY, PYAW, SCRATCH, perturb, quintic

DT_S = 0.2


def straight(speed: float = 10.0, reach: int = 10, dt: float = DT_S) -> np.ndarray:
    poses = np.zeros((2 * reach + 1, POSE))
    poses[:, PX], poses[:, PSPEED] = (np.arange(2 * reach + 1) - reach) * dt * speed, speed
    return poses


def circle(speed: float, radius: float, reach: int, dt: float) -> np.ndarray:
    poses = straight(speed, reach, dt)
    angle = poses[:, PX] / radius
    poses[:, PX], poses[:, PY], poses[:, PYAW] = radius * np.sin(angle), radius * (1 - np.cos(angle)), angle
    return poses


def refit(
    poses: np.ndarray, draws: list[tuple[float, float, float]], curvature: float = 1.0, lateral: float = 1e9
) -> bool:
    middle = len(poses) // 2
    return bool(
        perturb(poses, 0, middle, len(poses) - 1, np.array(draws), curvature, lateral, np.zeros((len(poses), SCRATCH)))
    )


@pytest.mark.parametrize("u", [0.0, 0.3, 0.5, 1.0])
def test_quintics_solve_their_equations(u):
    powers = np.arange(6)

    def row(at: float, order: int) -> np.ndarray:
        factor = np.ones(6)
        for k in range(order):
            factor = factor * np.maximum(powers - k, 0)
        return factor * at ** np.maximum(powers - order, 0)

    ends = np.array([row(0.0, 0), row(0.0, 1), row(0.0, 2), row(1.0, 0), row(1.0, 1), row(1.0, 2)])
    value, slope = (np.linalg.solve(ends, wanted) for wanted in np.eye(6)[:2])
    wanted = [row(u, order) @ one for one in (value, slope) for order in range(3)]
    assert quintic(u) == pytest.approx(wanted, abs=1e-9)


def test_a_drive_put_aside_comes_back():
    poses = straight()
    assert refit(poses, [(0.2, 0.5, 0.0)])
    assert poses[10, [PX, PY, PYAW, PSPEED]] == pytest.approx([0.2, 0.5, 0.0, 10.0])
    for end in (0, 20):
        assert poses[end] == pytest.approx(straight()[end])
    assert poses[15, PY] == pytest.approx(0.25), "the quintic's middle"
    assert poses[5, PY] == pytest.approx(0.25)


@pytest.mark.parametrize("turn", [-0.5, 0.2, 0.9])
def test_the_heading_is_turned_by_the_draw_and_the_speed_kept(turn):
    poses = circle(8.0, 30.0, 10, DT_S)
    poses[:, [PX, PY]] = poses[:, [PX, PY]] @ np.array([[np.cos(2.0), np.sin(2.0)], [-np.sin(2.0), np.cos(2.0)]])
    poses[:, PYAW] += 2.0
    before = poses.copy()
    assert refit(poses, [(0.0, -0.3, turn)])
    assert poses[10, PYAW] - before[10, PYAW] == pytest.approx(turn)
    assert poses[10, PSPEED] == pytest.approx(8.0)
    left = np.array([-np.sin(2.0), np.cos(2.0)])
    assert poses[10, [PX, PY]] == pytest.approx(before[10, [PX, PY]] - 0.3 * left)
    assert poses[[0, 20]] == pytest.approx(before[[0, 20]])


def test_headings_and_speeds_are_those_of_the_way():
    dt = 0.002
    poses = circle(9.0, 40.0, 1000, dt)
    assert refit(poses, [(0.4, 0.5, -0.4)])
    step = (poses[2:, [PX, PY]] - poses[:-2, [PX, PY]]) / (2 * dt)
    assert poses[1:-1, PYAW] == pytest.approx(np.arctan2(step[:, 1], step[:, 0]), abs=1e-4)
    assert poses[1:-1, PSPEED] == pytest.approx(np.hypot(step[:, 0], step[:, 1]), rel=1e-4)


@pytest.mark.parametrize("curvature", [0.1, 0.2])
def test_a_refit_bends_no_more_than_is_allowed(curvature):
    dt, rng, refused = 0.01, np.random.default_rng(3), 0
    for _ in range(60):
        poses = circle(float(rng.uniform(3, 12)), 60.0, 200, dt)
        draw = tuple((rng.uniform(-1, 1, 3) * [0.5, 0.5, 1.0]).tolist())
        if not refit(poses, [draw], curvature):
            refused += 1
            continue
        way = np.hypot(np.diff(poses[:, PX]), np.diff(poses[:, PY]))
        assert np.abs(np.diff(poses[:, PYAW]) / way).max() < curvature * 1.05
    assert 5 < refused < 55


def test_the_first_draw_that_is_not_refused_is_taken():
    poses = straight()
    assert refit(poses, [(0.0, 0.0, 1.0), (0.0, 0.5, 0.0), (0.0, 0.4, 0.0)], curvature=0.1)
    assert poses[10, PY] == pytest.approx(0.5)
    poses = straight()
    assert not refit(poses, [(0.0, 0.0, 1.0)], curvature=0.1)
    assert not refit(poses, [(0.0, 0.5, 0.0)], lateral=0.1)
    assert not refit(straight(0.5), [(0.0, 0.01, 0.0)]), "1 m on either side is too little"
    assert (poses == straight()).all()
