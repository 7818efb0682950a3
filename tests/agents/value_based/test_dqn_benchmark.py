"""The benchmark `dqn`: what it promises follows from the rates, both sides do equal work, and a smallest run tells all."""

from __future__ import annotations

import pytest
from torch.utils.flop_counter import FlopCounterMode

from tests.benchmarks import _dqn_floors, dqn

TINY = dqn.Counts(capacity=80, steps=32, seconds=0.0, rounds=1, threads=1)
"""Ten rows for each of eight environments hold a window of five."""
CONFIG = dqn.our_config(dqn.FULL, "float32")


def rates(float32, bfloat16):
    """Two rounds; of the second only the peer's rate differs."""
    floors = {"updating, float32": [100.0] * 2, "updating, bfloat16": [200.0] * 2}
    floors |= {"acting, float32": [500.0] * 2, "acting, bfloat16": [1000.0] * 2}
    floors |= {"multiplying, float32": [1e11] * 2, "multiplying, bfloat16": [2e11] * 2}
    return {
        "float32": [float32] * 2,
        "bfloat16": [bfloat16] * 2,
        "float32, in line": [120.0] * 2,
        "bfloat16, in line": [250.0] * 2,
        dqn.PEER: [100.0, 50.0],
        "stepping": [125.0] * 2,
        **floors,
    }


def test_a_rate_is_the_median_ratio_of_the_rounds_against_its_bar():
    slower, faster = dqn.loop_rows(rates(150.0, 225.0))
    assert (slower.value, slower.peer_value, slower.ratio, slower.bar, slower.holds) == (150.0, 75.0, 2.25, 2.5, False)
    assert (faster.value, faster.peer_value, faster.ratio, faster.bar, faster.holds) == (225.0, 75.0, 3.375, 3.0, True)


def test_overlapping_is_held_against_the_same_loop_without():
    faster, slower = dqn.overlap_rows(rates(150.0, 225.0))
    assert (faster.value, faster.peer_value, faster.ratio, faster.bar) == (150.0, 120.0, 1.25, None)
    assert (slower.value, slower.peer_value, slower.ratio, slower.bar) == (225.0, 250.0, 0.9, None)


def test_nothing_is_promised_of_bfloat16_where_it_is_slower():
    _, row = dqn.loop_rows(rates(300.0, 225.0))
    assert (row.ratio, row.bar, row.holds) == (3.375, None, None)
    assert [row.bar for row in dqn.floor_rows(rates(300.0, 225.0), CONFIG)][-2:] == [1.35, None]


def test_a_loop_is_held_against_two_updates_one_pass_and_one_step_of_eight_environments():
    *alone, float32, bfloat16 = dqn.floor_rows(rates(200.0, 400.0), CONFIG)
    assert [(row.value, row.unit) for row in alone] == [(ms, "ms") for ms in (10.0, 5.0, 2.0, 1.0, 8.0)]
    # 8 steps take 40 ms beside 2 * 10 + 2 + 8, and 20 ms beside 2 * 5 + 1 + 8.
    assert float32.value == pytest.approx(40 / 30)
    assert bfloat16.value == pytest.approx(20 / 19)
    assert (float32.holds, bfloat16.holds) == (True, True)
    assert [row.holds for row in dqn.floor_rows(rates(190.0, 290.0), CONFIG)][-2:] == [False, False]


def test_the_ceiling_is_what_multiplications_acting_and_stepping_take():
    rate, update, ceiling, *bfloat16 = dqn.ceiling_rows(rates(1.0, 1.0), CONFIG, 500_000_000)
    assert (rate.value, update.value) == (100.0, 5.0)
    # 8 steps take 2 * 5 + 2 + 8 ms; the peer does 100 and 50 a second.
    assert (ceiling.value, ceiling.peer_value) == (pytest.approx(400), 75.0)
    assert (ceiling.ratio, ceiling.bar, ceiling.holds) == (pytest.approx((4 + 8) / 2), None, None)
    assert [row.value for row in bfloat16] == pytest.approx([200, 2.5, 8 / 0.014])


def test_the_operations_of_an_update_are_those_that_torch_counts():
    spec = dqn.our_learner(dqn.our_config(TINY, "float32")).agent.spec
    work, multiply = _dqn_floors.update(spec, CONFIG, "float32"), _dqn_floors.multiply("bfloat16")
    for counted, expected in (
        (work, _dqn_floors.flops_of_update(spec, CONFIG)),
        (multiply, _dqn_floors.flops_of_multiplying()),
    ):
        with FlopCounterMode(display=False) as counter:
            counted()
        assert counter.get_total_flops() == expected


def test_the_peer_has_our_settings():
    learner = dqn.peer_learner(dqn.our_config(TINY, "float32"))
    model = learner._model
    assert (model.batch_size, model.gradient_steps, model.n_envs, model.gamma) == (32, 2, 8, 0.99)
    assert (model.replay_buffer.buffer_size, model.exploration_schedule(1.0), model.exploration_schedule(0.0)) == (
        10,
        0.01,
        0.01,
    )


@pytest.mark.slow
def test_both_networks_are_that_of_mnih_et_al_and_both_update_once_in_four_steps():
    config = dqn.our_config(TINY, "float32")
    ours, theirs = dqn.our_learner(config), dqn.peer_learner(config)
    for network in (ours.agent.network, theirs._model.q_net):
        assert sum(part.numel() for part in network.parameters()) == 1_686_180
    for learner, name in ((ours, "updates"), (theirs, "n_updates")):
        run = learner.run()
        while learner.done_steps < TINY.capacity:
            told = next(run)
        before = told.get(name, 0.0)
        assert next(run)[name] - before == TINY.steps / 4


@pytest.mark.slow
def test_a_smallest_run_tells_all():
    told = list(dqn.rows(TINY))
    ceiling = ["GFLOP/s", "ms", "steps/s"]
    assert [row.unit for row in told] == [
        *["steps/s"] * 4, *["ms"] * 5, *["times"] * 2, *ceiling, *ceiling, "transitions/s", "MB"
    ]  # fmt: skip
    assert all(row.value > 0 for row in told)
    assert [row.peer is not None for row in told] == [True] * 4 + [False] * 7 + [False, False, True] * 2 + [True] * 2
    # 81 frames, one of them black, against two stacks of four for each of 80 transitions.
    assert (told[-1].value, told[-1].peer_value) == (81 * 84 * 84 / 1e6, 2 * 4 * 80 * 84 * 84 / 1e6)
