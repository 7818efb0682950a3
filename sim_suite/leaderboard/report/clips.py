"""Small WebM clips for the page: VP8, about 320 pixels wide, 15 frames a second, 10 seconds at most.

Source: ours; WebM container guidelines (webmproject.org) and RFC 6386 (VP8). VP8 because every browser plays it and
libvpx writes it several times faster than VP9. Encoding is deterministic: one thread, fixed quantiser range, no clock.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from sim_suite.errors import SuiteError

BITRATE = 400_000
"""Bits per second: half a megabyte for ten seconds, so a page of fifteen clips stays near ten with base64's third."""
OPTIONS = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0", "error-resilient": "0"}
"""libvpx options: fastest preset, no look-ahead, so that frames leave the encoder as they come in."""


def encode_webm(frames: Iterable[NDArray[np.uint8]], fps: int = 15, width: int = 320, seconds: float = 10.0) -> bytes:
    """A WebM file of RGB frames, uint8 [H, W, 3]. Same frames, same bytes.

    Frames are scaled to at most `width` pixels as `clip_size` says; small ones by repeating pixels, so that they stay crisp.
    What comes after `seconds` is not consumed. Raises `SuiteError` for no frames or frames of another shape or type.
    """
    import av  # loads FFmpeg, which a table without clips does not need

    buffer, shape = io.BytesIO(), None
    iterator = islice(iter(frames), max(1, round(fps * seconds)))
    with av.open(buffer, "w", format="webm", container_options={"fflags": "+bitexact"}) as container:
        for frame in iterator:
            if frame.ndim != 3 or frame.shape[2] != 3 or frame.dtype != np.uint8 or shape not in (None, frame.shape):
                raise SuiteError(
                    f"a clip needs uint8 frames [H, W, 3] of one shape, not {frame.dtype} {frame.shape} "
                    f"{'first' if shape is None else f'after {shape}'}. Render the environment with rgb_array."
                )
            if shape is None:
                shape = frame.shape
                stream = container.add_stream("libvpx", rate=fps, options=dict(OPTIONS))
                stream.width, stream.height = clip_size(shape[0], shape[1], width)
                scaling = "POINT" if stream.width > shape[1] else "AREA"
                stream.pix_fmt, stream.bit_rate = "yuv420p", BITRATE
                stream.codec_context.thread_count = 1
                stream.codec_context.flags |= av.codec.context.Flags.bitexact
            picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(frame), format="rgb24")
            picture = picture.reformat(stream.width, stream.height, "yuv420p", interpolation=scaling)
            container.mux(stream.encode(picture))
        if shape is None:
            raise SuiteError("a clip needs at least one frame, and the episode gave none. Record it with rendering on.")
        container.mux(stream.encode(None))
    return buffer.getvalue()


def clip_size(height: int, width: int, target: int) -> tuple[int, int]:
    """(width, height) of a clip, at most `target` pixels wide with the aspect of the frames.

    Both are even, as 4:2:0 colour needs, and at least 2. Small frames grow by whole factors alone: any other blurs them.
    """
    scaled = target if width > target else width * (target // width)
    wide = max(2, scaled // 2 * 2)
    return wide, max(2, round(wide * height / width / 2) * 2)
