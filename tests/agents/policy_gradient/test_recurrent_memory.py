"""The LSTM over episodes that begin and end: a step by hand, episodes run one by one, gradients, and sb3-contrib's."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sb3_contrib.common.recurrent.policies import RecurrentActorCriticPolicy

from agents.policy_gradient.options import MemoryOptions, NetworkOptions
from agents.policy_gradient.recurrent.memory import Memory, wiped
from agents.policy_gradient.recurrent.network import RecurrentNetwork
from sim_suite.errors import SuiteError, UnknownNameError

WIDTH, UNITS = 3, 4


def memory_of(seed: int = 0) -> Memory:
    torch.manual_seed(seed)
    memory = Memory(WIDTH, UNITS)
    for parameter in memory.parameters():
        torch.nn.init.normal_(parameter)
    return memory


def episodes_of(begun: np.ndarray) -> list[tuple[int, int, int]]:
    """(sequence, first step, step behind the last) of each episode or part of one, from begun [T, B]."""
    found = []
    for index, column in enumerate(begun.T):
        firsts = [0, *(np.flatnonzero(column[1:]) + 1).tolist()]
        found += [(index, first, last) for first, last in zip(firsts, [*firsts[1:], len(column)], strict=True)]
    return found


def one_by_one(memory: Memory, features: torch.Tensor, begun: np.ndarray, state: torch.Tensor) -> torch.Tensor:
    """[T, B, H] by torch's LSTM on each episode alone: from `state` where it was open at the first step, else from its zeros."""
    said = torch.zeros(*begun.shape, UNITS)
    for index, first, last in episodes_of(begun):
        went_on = first == 0 and not begun[0, index]
        held = tuple(state[index, k][None, None] for k in range(2)) if went_on else None
        found, _ = memory.lstm(features[first:last, index : index + 1], held)
        said = said.index_put((torch.arange(first, last), torch.tensor(index)), found[:, 0])
    return said


def drawn(begun: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    times, count = begun.shape
    return torch.randn(times, count, WIDTH, generator=generator), torch.randn(count, 2, UNITS, generator=generator)


def test_a_step_by_hand():
    """Gers et al. 2000, eqs. 1 to 7 without peepholes: gates by the logistic function, then the cell, then what it says."""
    memory = memory_of()
    features, state = (tensor.double().numpy() for tensor in drawn(np.zeros((1, 2), bool)))
    weights = {name: value.detach().double().numpy() for name, value in memory.lstm.named_parameters()}
    hidden, cell = state[:, 0], state[:, 1]
    sums = features[0] @ weights["weight_ih_l0"].T + weights["bias_ih_l0"]
    sums += hidden @ weights["weight_hh_l0"].T + weights["bias_hh_l0"]
    put_in, forget, fresh, out = np.split(sums, 4, axis=1)
    cell = cell / (1 + np.exp(-forget)) + np.tanh(fresh) / (1 + np.exp(-put_in))
    expected = np.tanh(cell) / (1 + np.exp(-out))
    said, kept = memory.step(*(torch.from_numpy(array).float() for array in (features[0], state)))
    assert said.detach().numpy() == pytest.approx(expected, abs=1e-6)
    assert kept.detach().numpy() == pytest.approx(np.stack([expected, cell], axis=1), abs=1e-6)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 9), st.integers(1, 4), st.integers(0, 2**36 - 1), st.sets(st.integers(0, 8)))
def test_each_episode_is_as_if_run_alone_wherever_it_begins(times: int, count: int, bits: int, stops: set[int]):
    begun = np.array([bits >> k & 1 for k in range(times * count)], bool).reshape(times, count)
    memory, (features, state) = memory_of(), drawn(begun)
    stops = {stop for stop in stops if stop < times}
    said, states = memory(features, begun, state, stops)
    expected = one_by_one(memory, features, begun, state)
    torch.testing.assert_close(said, expected, rtol=0, atol=1e-6)
    assert set(states) == {0, times} | stops | set(np.flatnonzero(begun.any(axis=1)).tolist())
    assert torch.equal(states[0], state)
    for time in set(states) - {0}:  # before it is wiped: what was said last
        torch.testing.assert_close(states[time][:, 0], expected[time - 1], rtol=0, atol=1e-6)
    again, _ = memory(features, begun, state)
    torch.testing.assert_close(again, said, rtol=0, atol=1e-6)  # stops change nothing


def test_a_state_that_is_told_in_the_midst_goes_on_to_the_same():
    begun = np.zeros((6, 2), bool)
    begun[3, 1] = True
    memory, (features, state) = memory_of(), drawn(begun)
    said, states = memory(features, begun, state, [2, 3])
    for time in (2, 3):
        rest, _ = memory(features[time:], begun[time:], states[time])
        torch.testing.assert_close(rest, said[time:], rtol=0, atol=1e-6)


def test_gradients_are_those_of_episodes_run_one_by_one_and_do_not_cross_an_end():
    begun = np.zeros((7, 3), bool)
    begun[[0, 2, 3, 6], [0, 1, 1, 2]] = True
    memory, (features, state) = memory_of(), drawn(begun)
    features.requires_grad_(True)
    weights = torch.randn(7, 3, UNITS, generator=torch.Generator().manual_seed(2))
    sought = [features, *memory.parameters()]
    found = torch.autograd.grad((memory(features, begun, state)[0] * weights).sum(), sought)
    expected = torch.autograd.grad((one_by_one(memory, features, begun, state) * weights).sum(), sought)
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-5)
    later = torch.autograd.grad(memory(features, begun, state)[0][3:, 1].sum(), features)[0]
    assert torch.count_nonzero(later[:3]) == 0
    assert torch.count_nonzero(later[3:, 1]) == later[3:, 1].numel()


def test_what_is_said_is_what_sb3_contrib_makes_of_the_same_lstm():
    begun = np.random.default_rng(0).random((8, 3)) < 0.3
    memory, (features, state) = memory_of(), drawn(begun)
    theirs, held = RecurrentActorCriticPolicy._process_sequence(
        features.swapaxes(0, 1).reshape(-1, WIDTH),  # theirs lie sequence by sequence
        (state[:, 0][None], state[:, 1][None]),
        torch.from_numpy(begun.T.reshape(-1)).float(),
        memory.lstm,
    )
    said, states = memory(features, begun, state)
    torch.testing.assert_close(said, theirs.view(3, 8, UNITS).swapaxes(0, 1), rtol=0, atol=1e-6)
    torch.testing.assert_close(states[8], torch.cat(held).swapaxes(0, 1), rtol=0, atol=1e-6)


def test_what_is_wiped_is_zero_whatever_stood_there_and_the_rest_stays():
    state = torch.tensor([[[float("nan")], [float("inf")]], [[3.0], [4.0]]])
    assert wiped(state, np.array([True, False])).tolist() == [[[0], [0]], [[3], [4]]]
    assert wiped(state, np.zeros(2, bool)) is state


def test_a_fresh_memory_keeps_what_it_holds():
    torch.manual_seed(0)
    lstm = Memory(WIDTH, UNITS).lstm
    assert (lstm.bias_ih_l0 + lstm.bias_hh_l0).tolist() == [0.0] * UNITS + [1.0] * UNITS + [0.0] * 2 * UNITS
    torch.testing.assert_close(lstm.weight_hh_l0.T @ lstm.weight_hh_l0, torch.eye(UNITS), rtol=0, atol=1e-6)


@pytest.mark.parametrize(("critic", "states"), [("own", 2), ("shared", 1), ("none", 1)])
def test_critics_remember_as_asked(critic: str, states: int):
    torch.manual_seed(0)
    network = RecurrentNetwork((WIDTH,), 2, False, NetworkOptions((5,)), True, MemoryOptions(UNITS, critic))
    begun = np.zeros((5, 2), bool)
    features, _ = drawn(begun)
    state = network.blank(2)
    assert state.shape == (2, states, 2, UNITS)
    found = network.recall(features, begun, state)
    assert found.states[5].shape == state.shape
    alone, _ = network.policy_memory(features, begun, state[:, 0])
    assert torch.equal(found.policy, alone.flatten(0, 1))
    if critic == "none":
        assert torch.equal(found.critic, features.flatten(0, 1))
    else:
        assert torch.equal(found.critic, found.policy) == (critic == "shared")
    moved = torch.autograd.grad(network.value(found.critic).sum(), list(network.policy_parameters()), allow_unused=True)
    assert any(part is not None for part in moved) == (critic == "shared")
    shown = torch.randn(4, WIDTH)
    first = network.recall(shown[None], np.ones((1, 4), bool), torch.randn(4, states, 2, UNITS)).policy
    torch.testing.assert_close(network(shown), network.policy(first))


def test_memories_that_make_no_sense_are_refused():
    with pytest.raises(SuiteError, match="units must be at least 1, not 0"):
        MemoryOptions(0)
    with pytest.raises(UnknownNameError, match="Did you mean 'shared'"):
        MemoryOptions(critic="share")
