"""M: the paper's parameter count, torch's LSTM as an oracle, and steps that go where sequences go."""

from __future__ import annotations

import torch
from torch import nn

from agents.world_models.mdn_rnn import MdnRnn


def test_it_has_the_papers_parameters():
    memory = MdnRnn(latents=32, actions=3, units=256, gaussians=5)
    assert sum(part.numel() for part in memory.parameters() if part.requires_grad) == 422_368


def test_its_state_is_that_of_an_lstm_by_hand():
    """Gates in the order input, forget, cell, output; one bias."""
    memory = MdnRnn(2, 1, 3, 2)
    seen, done, state = torch.tensor([[0.5, -1.0]]), torch.tensor([[0.2]]), torch.randn(1, 2, 3)
    weight, recurrent, bias = (getattr(memory.lstm, name) for name in ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0"))
    gates = torch.cat([seen, done], dim=1) @ weight.T + state[:, 0] @ recurrent.T + bias
    enter, keep, new, tell = gates.chunk(4, dim=1)
    cell = keep.sigmoid() * state[:, 1] + enter.sigmoid() * new.tanh()
    expected = torch.stack([tell.sigmoid() * cell.tanh(), cell], dim=1)
    assert torch.allclose(memory.step(seen, done, state), expected, atol=1e-6)
    assert torch.allclose(bias[3:6], torch.ones(3)), "it begins by remembering"


def test_it_is_torchs_lstm_and_head():
    memory, theirs = MdnRnn(4, 3, 8, 5), nn.LSTM(7, 8)
    theirs.load_state_dict(memory.lstm.state_dict())
    seen, done = torch.randn(6, 2, 4), torch.randn(6, 2, 3)
    said, (hidden, cell) = theirs(torch.cat([seen, done], dim=-1))
    mixture, state = memory(seen, done)
    raw = memory.head(said).reshape(6, 2, 4, 5, 3)
    assert torch.allclose(mixture.means, raw[..., 1], atol=1e-6)
    assert torch.allclose(mixture.log_deviations, raw[..., 2], atol=1e-6)
    assert torch.allclose(mixture.log_weights, raw[..., 0].log_softmax(-1), atol=1e-6)
    assert torch.allclose(state, torch.stack([hidden[0], cell[0]], dim=1), atol=1e-6)


def test_steps_go_where_a_sequence_goes():
    memory = MdnRnn(4, 3, 8, 2)
    seen, done = torch.randn(5, 3, 4), torch.randn(5, 3, 3)
    mixture, last = memory(seen, done)
    state = memory.blank(3)
    for step in range(5):
        state = memory.step(seen[step], done[step], state)
        for part, whole in zip(memory.foretold(state), mixture, strict=True):
            assert torch.allclose(part, whole[step], atol=1e-5)
    assert torch.allclose(state, last, atol=1e-5)


def test_a_sequence_goes_on_from_a_state():
    memory = MdnRnn(4, 3, 8, 2)
    seen, done = torch.randn(5, 1, 4), torch.randn(5, 1, 3)
    _, half = memory(seen[:2], done[:2])
    _, parts = memory(seen[2:], done[2:], half)
    assert torch.allclose(parts, memory(seen, done)[1], atol=1e-6)


def test_the_second_bias_is_not_learned():
    memory = MdnRnn(2, 1, 3, 2)
    mixture, _ = memory(torch.randn(4, 2, 2), torch.randn(4, 2, 1))
    mixture.means.sum().backward()
    assert memory.lstm.bias_hh_l0.grad is None
    assert not memory.lstm.bias_hh_l0.any()
