"""Pictures as a film: MP4 (H.264) or WebM (VP8), written as they come, so that a long episode needs no memory. Source: ours."""

from __future__ import annotations

import os
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.errors import SuiteError

FORMS: Final = (".mp4", ".webm")
_CODECS: Final = {".mp4": ("libx264", "libopenh264", "mpeg4"), ".webm": ("libvpx",)}
"""The first that this machine's FFmpeg can write."""
_OPTIONS: Final = {
    "libx264": {"crf": "20", "preset": "veryfast"},
    "libvpx": {"deadline": "realtime", "cpu-used": "-8", "lag-in-frames": "0"},
}
"""A speed of libvpx below 0 is kept as it is; one above lets it choose by its clock, and equal pictures become other bytes."""
_BITRATE: Final = 2_000_000
"""Of codecs that are not told a quality."""


def write_film(path: Path, pictures: Iterable[NDArray[np.uint8]], fps: float) -> int:
    """Write uint8 [H, W, 3] RGB pictures of one size; their number. The file appears when it is whole, or not at all.

    Raises `SuiteError` for another ending than FORMS, for no pictures, and where the disk refuses.
    """
    refuse_form(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        count = _encode(temporary, path.suffix.lower(), pictures, fps)
        if not count:
            raise SuiteError("a film needs at least one picture, and the episode gave none.")
        temporary.replace(path)
    except OSError as error:
        raise SuiteError(
            f"could not write {path}: {error.strerror or error}. Free some space or name another file."
        ) from error
    finally:
        temporary.unlink(missing_ok=True)
    return count


def refuse_form(path: Path) -> None:
    """Raise `SuiteError` for another ending than FORMS."""
    if path.suffix.lower() not in FORMS:
        raise SuiteError(f"a film ends in {' or '.join(FORMS)}, not {path.name!r}.")


def _encode(path: Path, form: str, pictures: Iterable[NDArray[np.uint8]], fps: float) -> int:
    import av  # loads FFmpeg, which nothing else of episodes needs

    count = 0
    codec = next(name for name in _CODECS[form] if name in av.codecs_available)
    with av.open(str(path), "w", format=form[1:]) as container:
        rate = Fraction(fps).limit_denominator(1000)
        stream: Any = container.add_stream(codec, rate=rate, options=dict(_OPTIONS.get(codec, {})))
        stream.pix_fmt, stream.codec_context.thread_count = "yuv420p", 1
        for picture in pictures:
            height, width = (size // 2 * 2 for size in picture.shape[:2])  # as 4:2:0 colour needs
            if not count:
                stream.width, stream.height = width, height
                if codec != "libx264":
                    stream.bit_rate = _BITRATE
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture[:height, :width]), format="rgb24")
            container.mux(stream.encode(frame))
            count += 1
        if count:
            container.mux(stream.encode(None))
    return count
