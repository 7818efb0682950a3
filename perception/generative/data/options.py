"""What a recipe may say about the pictures that a generative model learns from. Source: ours."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from perception.generative.data.car_racing import RaceOptions, RacePictures
from perception.generative.data.signs import SignPictures
from perception.generative.data.source import PictureSource
from perception.generative.data.streets import StreetPictures, StreetViews

SourceName = Literal["car_racing", "streets", "signs"]


@dataclass(frozen=True)
class DataOptions:
    """Which pictures, and how they are come by."""

    source: SourceName = "car_racing"
    """car_racing: 64 x 64 from above; streets: 64 x 64 through a car's camera; signs: 32 x 32 crops, by class."""
    car_racing: RaceOptions = field(default_factory=RaceOptions)
    streets: StreetViews = field(default_factory=StreetViews)

    def open(self, seed: int) -> PictureSource:
        """The source of this name. seed: of the run."""
        if self.source == "car_racing":
            return RacePictures(self.car_racing, seed)
        return StreetPictures(self.streets, seed) if self.source == "streets" else SignPictures(seed)
