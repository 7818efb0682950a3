"""What follows a convolution is calculated with it, and what is said stays the same."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from sim_suite.learning import fusing
from sim_suite.learning.fusing import FusedConvolution, fused, fusible, joined

CPU = torch.device("cpu")
needs_fusing = pytest.mark.skipif(not fusible(CPU, torch.float32), reason="this torch has no fused convolutions")


def network(dtype: torch.dtype = torch.float32) -> nn.Sequential:
    torch.manual_seed(0)
    layers = nn.Sequential(
        nn.Sequential(nn.Conv2d(3, 8, 3, padding=1, bias=False), nn.Identity(), nn.ReLU()),
        nn.Conv2d(8, 8, 3, stride=2, padding=1),
        nn.Tanh(),
        nn.Conv2d(8, 8, 3, padding="same"),
        nn.ReLU(),
        nn.Conv2d(8, 4, 1),
    )
    return layers.to(dtype).to(memory_format=torch.channels_last).eval()


def pictures(count: int, side: int, dtype: torch.dtype = torch.float32) -> torch.Tensor:
    return torch.randn(count, 3, side, side).to(dtype).to(memory_format=torch.channels_last)


@needs_fusing
@pytest.mark.parametrize(("dtype", "within"), [(torch.float32, 1e-5), (torch.bfloat16, 0.05)])
def test_a_fused_network_says_the_same_of_every_shape(dtype: torch.dtype, within: float) -> None:
    if not fusible(CPU, dtype):
        pytest.skip("this processor does not calculate so")
    plain = network(dtype)
    quick = fused(plain)
    with torch.inference_mode():
        for count, side in ((1, 9), (5, 9), (2, 16), (5, 9)):
            shown = pictures(count, side, dtype)
            torch.testing.assert_close(quick(shown), plain(shown), atol=within, rtol=within)


@needs_fusing
def test_a_relu_goes_into_the_convolution_before_it_and_the_network_is_left_as_it_is() -> None:
    plain = network()
    quick = fused(plain)
    kinds = [type(one).__name__ for one in quick.modules() if not isinstance(one, nn.Sequential)]
    fused_one, identity = "FusedConvolution", "Identity"
    assert kinds == [fused_one, identity, identity, fused_one, "Tanh", "Conv2d", "ReLU", fused_one]
    assert not any(isinstance(one, FusedConvolution) for one in plain.modules())


@needs_fusing
def test_a_summand_is_added_before_the_relu_and_overwritten() -> None:
    torch.manual_seed(0)
    layer = nn.Sequential(nn.Conv2d(3, 3, 3, padding=1), nn.Identity())
    seen, summand = pictures(2, 6), pictures(2, 6)
    with torch.inference_mode():
        told = torch.relu(layer(seen) + summand)
        said = joined(fused(layer), seen, summand)
    torch.testing.assert_close(said, told, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(summand, told, atol=1e-5, rtol=1e-5)
    assert (told == 0).any()
    assert (told > 0).any()


def test_layers_that_learn_are_joined_with_their_gradients_and_the_summand_stays() -> None:
    torch.manual_seed(0)
    layer = nn.Sequential(nn.Conv2d(3, 3, 3, padding=1), nn.BatchNorm2d(3))
    seen, summand = pictures(2, 6).requires_grad_(), pictures(2, 6).requires_grad_()
    torch.relu(layer(seen) + summand).square().sum().backward()
    expected = [one.grad for one in (seen, summand, layer[0].weight)]
    seen.grad = summand.grad = layer[0].weight.grad = None
    kept = summand.detach().clone()
    joined(layer, seen, summand).square().sum().backward()
    for one, grad in zip((seen, summand, layer[0].weight), expected, strict=True):
        torch.testing.assert_close(one.grad, grad)
    assert torch.equal(summand, kept)


def test_where_nothing_can_be_fused_all_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fusing, "fusible", lambda device, dtype: False)
    assert not any(isinstance(one, FusedConvolution) for one in fused(network()).modules())


def test_no_other_device_or_arithmetic_is_fused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not fusible(torch.device("cuda"), torch.float32)
    assert not fusible(CPU, torch.float64)
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: False)
    assert not fusible(CPU, torch.float32)
