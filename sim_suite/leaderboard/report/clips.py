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
WIDTH = 320
"""Pixels across of a clip on the page."""
OPTIONS = {"deadline": "realtime", "cpu-used": "-8", "lag-in-frames": "0", "error-resilient": "0"}
"""libvpx options: fast, no look-ahead, so that frames leave the encoder as they come in. A speed below 0 is kept as it is; one above lets
libvpx choose by its clock: of four encodings of thirty frames of 1280 x 832 with 8, three differed, with -8 none."""


def encode_webm(frames: Iterable[NDArray[np.uint8]], fps: int = 15, width: int = WIDTH, seconds: float = 10.0) -> bytes:
    """A WebM file of RGB frames, uint8 [H, W, 3]. Same frames, same bytes.

    Frames are scaled to at most `width` pixels as `clip_size` says; small ones by repeating pixels, so that they stay crisp.
    What comes after `seconds` is not consumed. Raises `SuiteError` for no frames or frames of another shape or type.
    """
    writer = WebmWriter(fps, width)
    for frame in islice(iter(frames), max(1, round(fps * seconds))):
        writer.add(frame)
    return writer.finish()


class WebmWriter:
    """Encodes frames as they come, so that a long film needs no memory for its pictures."""

    def __init__(self, fps: int, width: int, bitrate: int = BITRATE) -> None:
        """width: pixels at most; bitrate: bits per second."""
        import av  # loads FFmpeg, which a table without clips does not need

        self._av, self._fps, self._width, self._bitrate = av, fps, width, bitrate
        self._buffer = io.BytesIO()
        self._container = av.open(self._buffer, "w", format="webm", container_options={"fflags": "+bitexact"})
        self._shape: tuple[int, ...] | None = None

    def add(self, frame: NDArray[np.uint8]) -> None:
        """Encode one frame, uint8 [H, W, 3]. Raises `SuiteError` for another type, or a shape that differs from the first."""
        if frame.ndim != 3 or frame.shape[2] != 3 or frame.dtype != np.uint8 or self._shape not in (None, frame.shape):
            raise SuiteError(
                f"a clip needs uint8 frames [H, W, 3] of one shape, not {frame.dtype} {frame.shape} "
                f"{'first' if self._shape is None else f'after {self._shape}'}. Render the environment with rgb_array."
            )
        if self._shape is None:
            self._begin(frame.shape)
        picture = self._av.VideoFrame.from_ndarray(np.ascontiguousarray(frame), format="rgb24")
        stream = self._stream
        picture = picture.reformat(stream.width, stream.height, "yuv420p", interpolation=self._scaling)
        self._container.mux(stream.encode(picture))

    def _begin(self, shape: tuple[int, ...]) -> None:
        self._shape = shape
        stream = self._stream = self._container.add_stream("libvpx", rate=self._fps, options=dict(OPTIONS))
        stream.width, stream.height = clip_size(shape[0], shape[1], self._width)
        self._scaling = "POINT" if stream.width > shape[1] else "AREA"
        stream.pix_fmt, stream.bit_rate = "yuv420p", self._bitrate
        stream.codec_context.thread_count = 1
        stream.codec_context.flags |= self._av.codec.context.Flags.bitexact

    def finish(self) -> bytes:
        """The whole file. Raises `SuiteError` where no frame was added."""
        if self._shape is None:
            raise SuiteError("a clip needs at least one frame, and the episode gave none. Record it with rendering on.")
        self._container.mux(self._stream.encode(None))
        self._container.close()
        return self._buffer.getvalue()


def clip_size(height: int, width: int, target: int) -> tuple[int, int]:
    """(width, height) of a clip, at most `target` pixels wide with the aspect of the frames.

    Both are even, as 4:2:0 colour needs, and at least 2. Small frames grow by whole factors alone: any other blurs them.
    """
    scaled = target if width > target else width * (target // width)
    wide = max(2, scaled // 2 * 2)
    return wide, max(2, round(wide * height / width / 2) * 2)
