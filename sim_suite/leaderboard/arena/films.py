"""A film of a game, from its moves alone: WebM as the other clips, a frame a move. Source: ours."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from pathlib import Path
from typing import Final

import cv2

from sim_suite.boards.game import Game
from sim_suite.envs.boards.picture import picture
from sim_suite.leaderboard.arena.playing import positions_of
from sim_suite.leaderboard.arena.records import Pairing
from sim_suite.leaderboard.report.clips import WIDTH, WebmWriter

SECONDS: Final = 10.0
"""A film lasts no longer, as other clips."""
SLOWEST_FPS: Final = 2
"""Moves a second of a short game: slow enough to follow."""
HELD_S: Final = 1.5
"""The last position is shown for so long."""


def film(game: Game, moves: Sequence[int], width: int = WIDTH) -> bytes:
    """A WebM film from the first move to the last. width: pixels at most. Equal moves give equal bytes. Raises `SuiteError` at an illegal
    move."""
    fps = max(SLOWEST_FPS, ceil(len(moves) / (SECONDS - HELD_S)))
    writer = WebmWriter(fps, width)
    positions = positions_of(game, moves)
    for position, last in zip(positions, [None, *moves], strict=True):
        writer.add(picture(game, position, last))
    for _ in range(round(HELD_S * fps)):
        writer.add(picture(game, positions[-1], moves[-1] if moves else None))
    return writer.finish()


def poster(game: Game, moves: Sequence[int]) -> bytes:
    """The last position as PNG. Raises `SuiteError` at an illegal move."""
    shown = picture(game, game.after(game.start(), *moves), moves[-1] if moves else None)
    done, data = cv2.imencode(".png", shown[:, :, ::-1])
    assert done
    return bytes(data)


def film_path(out: Path, pairing: Pairing) -> Path:
    """Where the film of a pair lies."""
    words = "--".join(
        "".join(sign if sign.isalnum() or sign in "-_." else "_" for sign in word)
        for word in (pairing.game, pairing.one, pairing.other)
    )
    return out / "clips" / f"{words}.webm"
