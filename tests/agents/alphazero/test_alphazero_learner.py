"""AlphaZero as a run: it learns a small game in seconds, goes on bit for bit where it was stopped, and does each part as asked."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from agents.alphazero import learner as learner_module
from agents.alphazero import ray_workers
from agents.alphazero.config import AlphaZeroConfig, GateOptions, PlayOptions, RatingOptions
from agents.alphazero.learner import AlphaZeroLearner
from agents.alphazero.networks import Sizes
from agents.alphazero.replay import Replay
from agents.interface import Task
from sim_suite.boards.search.rules import GumbelRule
from sim_suite.boards.search.self_play import Played
from sim_suite.errors import SuiteError
from tests.agents.alphazero.boards import TIC_TAC_TOE, small
from tests.agents.stopping import check_that_it_goes_on

TASK = Task("a board", None, None, {})


@pytest.fixture(autouse=True)
def _a_task_of_tic_tac_toe(monkeypatch):
    monkeypatch.setattr(learner_module, "game_of", lambda task: TIC_TAC_TOE)


def run_of(config, seed=0):
    return AlphaZeroLearner(TASK, config, seed, "cpu")


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"play": {"workers": 2, "full_share": 0.5, "fast_simulations": 3, "random_plies": 2}},
        {
            "play": {"rule": "puct", "reuse": True},
            "gate": GateOptions(games=4),
            "rating": RatingOptions(every=160, games=2, rollouts=5),
        },
    ],
    ids=["gumbel", "workers", "puct"],
)  # fmt: skip
def test_a_run_that_was_stopped_goes_on_to_the_same_bytes(tmp_path, settings):
    check_that_it_goes_on(lambda: run_of(small(**settings)), 2, tmp_path)


def test_rounds_are_so_many_moves_and_so_many_updates():
    config = small(passes=2.0)
    rows = list(run_of(config).run())
    assert len(rows) == 4
    losses = {"loss", "value_loss", "policy_loss", "policy_excess"}
    assert set(rows[-1]) == losses | {"games", "simulations", "remembered", "updates"}
    remembered = rows[0]["remembered"]
    assert rows[0]["updates"] == int(remembered * 2.0 / 32)
    assert rows[-1]["remembered"] <= 200
    assert rows[-1]["simulations"] == pytest.approx(8 * 320, abs=8 * 8)


def test_the_same_seed_is_the_same_run_and_another_is_another():
    first, second, other = (list(run_of(small(steps=160), seed).run()) for seed in (1, 1, 2))
    assert first == second
    assert first != other


def test_workers_share_a_round():
    run = run_of(small(steps=80, play={"workers": 2}))
    list(run.run())
    moves = [worker.games.moves for worker in run._crew.workers]
    assert all(40 <= count < 40 + 8 * 2 for count in moves)
    assert not np.array_equal(
        run._crew.workers[0].games.records.positions, run._crew.workers[1].games.records.positions
    )


@pytest.mark.slow
def test_workers_on_ray_play_what_threads_play_and_a_lost_one_is_told_of(tmp_path, monkeypatch):
    ray = pytest.importorskip("ray", reason="the extra `ray` is not installed")
    play = {"workers": 2, "full_share": 0.5, "fast_simulations": 3}
    here, there = (small(play={**play, "where": where}) for where in ("threads", "ray"))
    try:
        expected = list(run_of(here).run())
        run = run_of(there)
        rows = run.run()
        told = [next(rows), next(rows)]
        run.save_state(tmp_path)
        assert [*told, *rows] == expected
        with monkeypatch.context() as hurried:
            hurried.setattr(ray_workers, "PATIENCE_S", 1.0)
            with pytest.raises(SuiteError, match="no room for 2 workers"):
                next(run_of(there).run())
        del run, rows  # and their workers with them
        gone_on = run_of(there)
        gone_on.load_state(tmp_path)
        rows = gone_on.run()
        assert [next(rows)] == expected[2:3]
        ray.kill(gone_on._crew._actors[1])
        with pytest.raises(SuiteError, match="a Ray worker was lost"):
            next(rows)
    finally:
        ray.shutdown()


@pytest.mark.parametrize(("score", "passes"), [(0.0, True), (1.0, False)])
def test_a_gate_keeps_out_who_does_not_score(score, passes):
    run = run_of(small(steps=80, gate=GateOptions(games=4, score=score)))
    before = run._playing.policy.weight.clone()
    rows = list(run.run())
    assert rows[0]["gate_score"] < 1.0 or not passes
    assert (not torch.equal(run._playing.policy.weight, before)) == passes
    assert torch.equal(run._playing.policy.weight, run._descent.network.policy.weight) == passes
    assert not torch.equal(run._descent.network.policy.weight, before)


def test_ratings_are_told_where_they_are_due():
    run = run_of(small(rating=RatingOptions(every=160, games=4, rollouts=5, opening_plies=1)))
    rated = ["score_random" in row for row in run.run()]
    assert rated == [False, True, False, True]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (lambda: PlayOptions(rule="uct"), "uct"),
        (lambda: PlayOptions(reuse=True), "set rule to 'puct'"),
        (lambda: PlayOptions(full_share=0.0), "full_share must lie in"),
        (lambda: AlphaZeroConfig(passes=0.0), "passes must lie in"),
        (lambda: RatingOptions(games=1), "games must be at least 2"),
    ],
)
def test_impossible_settings_are_refused(settings, message):
    with pytest.raises(SuiteError, match=message):
        settings()


def test_a_replay_forgets_the_oldest_and_mixes_values():
    replay = Replay(TIC_TAC_TOE, 3, 0.25)
    start = TIC_TAC_TOE.start()
    for number in range(5):
        policy = np.eye(9, dtype=np.float32)[number : number + 1]
        replay.add(Played(start[None], policy, np.ones(1, np.float32), np.full(1, -1.0, np.float32)))
    assert len(replay) == 3
    lesson = replay.sample(500, np.random.default_rng(0))
    assert lesson.values.unique().tolist() == [0.5]
    assert lesson.legal.all()
    seen = lesson.policies.sum(dim=0)
    assert (seen[[1, 3, 5, 7]] > 0).all(), "move 3 turned"
    assert seen[4] > 0
    assert (seen[[0, 6, 8, 2]] > 0).all(), "move 2 turned"
    fresh = Replay(TIC_TAC_TOE, 3, 0.25)
    fresh.restore(replay.arrays())
    drawn = [one.sample(50, np.random.default_rng(1)).policies for one in (fresh, replay)]
    assert torch.equal(*drawn)
    with pytest.raises(SuiteError, match="nothing is remembered yet"):
        Replay(TIC_TAC_TOE, 3, 0.0).sample(1, np.random.default_rng(0))
    with pytest.raises(SuiteError, match="of another game or window"):
        Replay(TIC_TAC_TOE, 2, 0.0).restore(replay.arrays())


def good_moves(known=None):
    """Of each ongoing position of tic-tac-toe that can be reached: which moves keep its value, [n, S] and [n, 9]."""
    values, found = {}, {}

    def value(position):
        key = position.tobytes()
        if key not in values:
            outcome = TIC_TAC_TOE.outcome(position)
            moves = TIC_TAC_TOE.legal_moves(position)
            if not moves:
                values[key] = outcome if TIC_TAC_TOE.mover(position) == 0 else -outcome
            else:
                after = {move: -value(TIC_TAC_TOE.after(position, move)) for move in moves}
                values[key] = max(after.values())
                found[key] = (position, [after.get(move) == values[key] for move in range(9)])
        return values[key]

    value(TIC_TAC_TOE.start())
    positions, good = zip(*found.values(), strict=True)
    return np.array(positions), np.array(good)


def test_it_learns_tic_tac_toe_in_seconds():
    """The policy alone keeps the value of 94 in 100 of all positions; random legal moves do of 58."""
    positions, good = good_moves()
    assert len(positions) == 4520
    config = AlphaZeroConfig(
        steps=6000, round_steps=1000, network=Sizes(16, 1, 4, 16), window=6000, batch_size=64, passes=6.0,
        precision="float32", agent_simulations=50,
        play=PlayOptions(games=32, simulations=16, random_plies=6, gumbel=GumbelRule(scale=0.1)),
    )  # fmt: skip
    run = run_of(config)
    rows = list(run.run())
    assert rows[-1]["value_loss"] < 0.8 * rows[0]["value_loss"]
    planes = np.zeros((len(positions), TIC_TAC_TOE.planes, 3, 3), np.float32)
    masks = np.zeros((len(positions), 9), np.bool_)
    for position, shown, mask in zip(positions, planes, masks, strict=True):
        TIC_TAC_TOE.write_planes(position, shown)
        TIC_TAC_TOE.legal(position, mask)
    moves, _ = run.agent.predict({"observation": planes, "action_mask": masks})
    share = good[np.arange(len(positions)), moves].mean()
    print(f"value kept by the policy: {share:.4f}; by random moves: {(good.sum(1) / masks.sum(1)).mean():.4f}")
    assert share > 0.88
