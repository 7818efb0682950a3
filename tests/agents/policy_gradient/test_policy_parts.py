"""The parts of a policy: scales, features, noise that is held, rewards by the deviation of returns."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from gymnasium.wrappers.utils import RunningMeanStd

from agents.policy_gradient.acting import pushed
from agents.policy_gradient.features import RadialBasis, RandomFourier, StateEncoder
from agents.policy_gradient.flat import FlatParameters
from agents.policy_gradient.host import HostPolicy
from agents.policy_gradient.networks import Deviation, PolicyNetwork
from agents.policy_gradient.noise import HeldNoise
from agents.policy_gradient.options import DeviationOptions, FeatureOptions, NetworkOptions, ScaleOptions
from agents.policy_gradient.reward_scale import RewardScale, merged
from agents.policy_gradient.scaling import ObservationScale, RunningScale
from sim_suite.errors import SuiteError, UnknownNameError
from sim_suite.learning.descent import descend


def test_a_fixed_scale_by_hand():
    scale = ObservationScale((-0.3, 0.0), (0.5, 0.035))
    found = scale(torch.tensor([[-0.3, 0.07], [0.2, -0.035], [100.0, 0.0]]))
    assert found.tolist() == [pytest.approx([0, 2]), pytest.approx([1, -1]), pytest.approx([10, 0])]


def test_a_running_scale_is_that_of_all_that_was_seen():
    shown = np.random.default_rng(0).normal(3, 5, (60, 2)).astype(np.float32)
    scale = RunningScale(2)
    assert torch.equal(scale(torch.from_numpy(shown[:1])), torch.from_numpy(shown[:1]).clamp(-10, 10))
    for part in np.split(shown, [1, 20, 27]):
        scale.take_in(torch.from_numpy(part))
    assert scale.centre.numpy() == pytest.approx(shown.mean(axis=0), rel=1e-5)
    assert scale.spread.numpy() == pytest.approx(shown.std(axis=0), rel=1e-5)
    again = RunningScale(2)
    again.load_state_dict(scale.state_dict())
    assert torch.equal(again(torch.from_numpy(shown)), scale(torch.from_numpy(shown)))


def test_products_of_random_fourier_features_are_the_gaussian_kernel():
    """Rahimi and Recht 2007: their error falls with the root of the number of features, here 20,000."""
    torch.manual_seed(0)
    features = RandomFourier(2, (0.5,), 20_000)
    points = torch.tensor([[0.0, 0.0], [0.5, -0.2], [1.5, 1.0], [-2.0, 0.3]])
    found = features(points) @ features(points).T
    expected = torch.exp(-0.5 * torch.cdist(points, points).square())
    assert found.numpy() == pytest.approx(expected.numpy(), abs=0.03)
    assert RandomFourier(2, (5.0, 2.0, 1.0, 0.5), 100)(points).shape == (4, 400)


def test_radial_features_by_hand():
    features = RadialBasis(2, 3, 2.0)  # centres at -2, 0, 2 along each; the width is 2
    found = features(torch.tensor([[0.0, 2.0]]))[0]
    assert found.shape == (9,)
    near, far = np.exp(-0.5), np.exp(-2)
    #               first -2: second -2, 0, 2          first 0                 first 2
    expected = [near * far, near * near, near, far, near, 1.0, near * far, near * near, near]
    assert found.tolist() == pytest.approx(expected)
    assert RadialBasis(1, 3, 2.0)(torch.zeros(1, 1)).tolist() == [pytest.approx([near, 1, near])]
    with pytest.raises(SuiteError, match="8 bumps along each of 5 components are 32768, more than 4096"):
        RadialBasis(5, 8, 2.0)


def test_an_autoencoder_keeps_what_states_are_and_is_frozen_then():
    torch.manual_seed(0)
    encoder, scale = StateEncoder(2, 8), ObservationScale((-0.3, 0.0), (0.5, 0.035))
    low, high = torch.tensor([-1.2, -0.07]), torch.tensor([0.6, 0.07])
    error = encoder.fit(scale, low, high, np.random.default_rng(0))
    assert error < 0.01  # the variance of what it was shown is 1.2
    assert not any(parameter.requires_grad for parameter in encoder.parameters())
    assert encoder(torch.zeros(3, 2)).shape == (3, 8)


def test_noise_is_held_as_long_as_asked_and_drawn_anew_with_an_episode():
    noise, rng = HeldNoise(3, 2, 3), np.random.default_rng(0)
    none = np.zeros(3, bool)
    rows = [noise.draw(rng, np.array([False, t == 4, False])) for t in range(8)]
    for index, begins in ((0, [0, 3, 6]), (1, [0, 3, 4, 7]), (2, [0, 3, 6])):
        drawn = [t for t in range(8) if t == 0 or not np.array_equal(rows[t][index], rows[t - 1][index])]
        assert drawn == begins
    kept = {name: array.copy() for name, array in noise.arrays().items()}
    again, other = HeldNoise(3, 2, 3), np.random.default_rng(1)
    again.restore(kept)
    assert np.array_equal(again.draw(np.random.default_rng(1), none), noise.draw(other, none))


def test_each_draw_of_noise_is_standard_normal():
    noise, rng = HeldNoise(2000, 1, 5), np.random.default_rng(0)
    rows = np.stack([noise.draw(rng, np.zeros(2000, bool)) for _ in range(20)])
    assert rows.mean() == pytest.approx(0, abs=0.05)  # 8,000 draws: a deviation of 0.011
    assert rows.std() == pytest.approx(1, abs=0.05)


def test_noise_by_features_is_as_wide_as_it_says_and_one_function_of_the_state_while_it_is_held():
    """20,000 draws of two actions in three states: deviations of the found ones are 0.5 % of them."""
    torch.manual_seed(0)
    deviation = Deviation(2, 2, DeviationOptions(0.5, kind="noise"))
    with torch.no_grad():
        deviation.raw.add_(torch.randn(2, 2))
    states, draws = torch.tensor([[1.0, 0.0], [0.5, -2.0], [0.0, 0.0]]), 20_000
    said = deviation(states).detach().numpy()
    assert said[0] == pytest.approx(deviation.weights()[0].detach().numpy(), rel=1e-5)
    assert said[2] == pytest.approx(np.full(2, 1e-3))  # never 0, although there is no noise
    noise = np.random.default_rng(0).standard_normal((draws, 4), np.float32)
    for state, width in zip(states.numpy(), said, strict=True):
        found = pushed(np.tile(state, (draws, 1)), noise, deviation)
        assert found.std(axis=0) == pytest.approx(width, rel=0.03, abs=2e-3)
    once = [pushed(np.array([row], np.float32), noise[:1], deviation) for row in ([1, 0], [0, 1], [2, -3])]
    assert once[2] == pytest.approx(2 * once[0] - 3 * once[1], abs=1e-5)


def test_rewards_are_scaled_by_the_deviation_of_returns():
    rewards, ended = np.array([[1], [2], [3], [4]], np.float32), np.array([[0], [1], [0], [0]], bool)
    scale = RewardScale(1, 0.5)
    scaled = scale(rewards[:3], ended[:3])
    returns = [1, 2.5, 3]  # the third begins an episode
    assert scaled[:, 0].tolist() == pytest.approx(np.array([1, 2, 3]) / np.std(returns), rel=1e-5)
    again = RewardScale(1, 0.5)
    again.restore({name: array.copy() for name, array in scale.arrays().items()})
    expected = 4 / np.std([*returns, 1.5 + 4])
    assert again(rewards[3:], ended[3:]).tolist() == [[pytest.approx(expected, rel=1e-5)]]


def test_moments_are_merged_as_gymnasium_does():
    numbers = np.random.default_rng(0).normal(2, 3, 50)
    moments, oracle = np.array([0.0, 0.0, 1.0]), RunningMeanStd(epsilon=0)
    for part in np.split(numbers, [7, 30]):
        moments = merged(moments, len(part), float(part.mean()), float(part.var()))
        oracle.update(part)
    assert moments.tolist() == pytest.approx([50, float(oracle.mean), float(oracle.var)])
    assert moments[1:].tolist() == pytest.approx([numbers.mean(), numbers.var()])


@pytest.mark.parametrize(
    "options",
    [
        NetworkOptions((8, 6), "tanh", ScaleOptions("running"), deviation=DeviationOptions(0.5, kind="state")),
        NetworkOptions((8,), "relu", ScaleOptions("fixed", (-0.3, 0.0), (0.5, 0.035)), FeatureOptions("fourier", 5)),
        NetworkOptions((), features=FeatureOptions("radial", grid=3)),
        NetworkOptions((4,), features=FeatureOptions("autoencoder", 6)),
        NetworkOptions((4,), deviation=DeviationOptions(0.5, kind="noise")),
    ],
)
@pytest.mark.parametrize("continuous", [True, False])
def test_acting_by_numpy_is_the_network_also_after_it_has_changed(options: NetworkOptions, continuous: bool):
    torch.manual_seed(0)
    network = PolicyNetwork((2,), 3, continuous, options, critic=True)
    FlatParameters(network)
    host, other = HostPolicy(network), PolicyNetwork((2,), 3, continuous, options, critic=True)
    if options.scale.kind == "running":
        other.scale.take_in(torch.randn(50, 2) * 3)
    shown = torch.randn(7, 2)
    for _ in range(2):
        said = network.distribution(network.encode(shown))
        found, deviation, features = host(shown.numpy())
        assert features == pytest.approx(network.encode(shown).numpy(), abs=1e-6)
        if continuous:
            assert found == pytest.approx(said.mean.detach().numpy(), abs=1e-6)
            assert deviation == pytest.approx(said.deviation.detach().numpy(), abs=1e-6)
        else:
            assert deviation is None
            assert torch.from_numpy(found).log_softmax(1).numpy() == pytest.approx(said.logs.detach().numpy(), abs=1e-6)
        network.load_state_dict(other.state_dict())


def test_a_step_on_flat_parameters_is_that_of_the_optimiser_and_of_clipping():
    torch.manual_seed(0)
    networks = [torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1)) for _ in range(2)]
    networks[1].load_state_dict(networks[0].state_dict())
    networks[1][0].bias.requires_grad_(False), networks[0][0].bias.requires_grad_(False)
    flat, shown = FlatParameters(networks[0]), torch.randn(5, 3)
    ours = torch.optim.Adam([flat.vector], 0.1, fused=True)
    theirs = torch.optim.Adam(networks[1].parameters(), 0.1)
    for longest in (0.01, 1e6, 0.01):
        flat.descend(ours, networks[0](shown).square().mean(), 0.05, longest)
        descend(theirs, networks[1](shown).square().mean(), 0.05, longest)
        for mine, expected in zip(networks[0].parameters(), networks[1].parameters(), strict=True):
            torch.testing.assert_close(mine, expected)


@pytest.mark.parametrize(
    ("build", "error", "message"),
    [
        (lambda: ScaleOptions("bound"), UnknownNameError, "Did you mean 'bounds'"),
        (
            lambda: ScaleOptions("running", (1.0,), (1.0,)),
            SuiteError,
            "belong to a scale of kind 'fixed', not 'running'",
        ),
        (lambda: ScaleOptions("fixed", (1.0,), (0.0,)), SuiteError, r"spread above 0 for each component"),
        (lambda: ScaleOptions("fixed"), SuiteError, "a fixed scale needs a centre"),
        (lambda: FeatureOptions("furier"), UnknownNameError, "Did you mean 'fourier'"),
        (lambda: FeatureOptions(gammas=(1.0, 0.0)), SuiteError, r"above 0, not \[1.0, 0.0\]"),
        (lambda: FeatureOptions(grid=1), SuiteError, "grid must be at least 2, not 1"),
        (lambda: DeviationOptions(initial=1e-3), SuiteError, "initial must lie in 0.001 to"),
        (lambda: DeviationOptions(kind="noisy"), UnknownNameError, "Did you mean 'noise'"),
        (lambda: DeviationOptions(smallest=0.0), SuiteError, "smallest must lie in"),
        (lambda: NetworkOptions(hidden=(8, 0)), SuiteError, r"positive widths, not \[8, 0\]"),
        (
            lambda: NetworkOptions(scale=ScaleOptions("running"), features=FeatureOptions("autoencoder")),
            SuiteError,
            "set scale.kind to 'bounds' or 'fixed'",
        ),
        (lambda: NetworkOptions(activation="tan"), UnknownNameError, "Did you mean 'tanh'"),
    ],
)
def test_options_that_make_no_sense_are_refused(build, error: type, message: str):
    with pytest.raises(error, match=message):
        build()
