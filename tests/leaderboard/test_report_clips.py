"""Clips: what is encoded is seen, in the size and length that was asked for."""

import io

import av
import numpy as np
import pytest
from example_board import moving_square

from sim_suite.errors import SuiteError
from sim_suite.leaderboard.report.clips import clip_size, encode_webm


def test_clip_decodes_to_the_same_picture():
    data = encode_webm(moving_square(), width=320)
    with av.open(io.BytesIO(data)) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.width, stream.height) == ("vp8", 320, 192)
        decoded = [frame.to_ndarray(format="rgb24") for frame in container.decode(stream)]
        assert float(stream.average_rate) == 15
    assert len(decoded) == 30
    small = next(moving_square())
    assert np.abs(decoded[0][::2, ::2].astype(int) - small).mean() < 8


def test_clips_are_deterministic_and_stop_at_their_length():
    source = moving_square(frames=60)
    first = encode_webm(source, seconds=2)
    assert len(list(source)) == 30
    assert encode_webm(moving_square(frames=60), seconds=2) == first


def test_clip_sizes_are_even_and_keep_the_aspect():
    assert clip_size(210, 160, 320) == (320, 420)
    assert clip_size(400, 600, 320) == (320, 214)
    assert clip_size(256, 256, 320) == (256, 256)
    assert clip_size(95, 161, 321) == (160, 94)
    assert clip_size(64, 64, 320) == (320, 320)
    assert clip_size(1, 1000, 320) == (320, 2)


def test_bad_frames_are_refused():
    with pytest.raises(SuiteError, match="at least one frame"):
        encode_webm([])
    with pytest.raises(SuiteError, match="float64"):
        encode_webm([np.zeros((8, 8, 3))])
    with pytest.raises(SuiteError, match="after"):
        encode_webm([np.zeros((8, 8, 3), np.uint8), np.zeros((8, 10, 3), np.uint8)])
