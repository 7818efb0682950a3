"""Many driving worlds in arrays: what they hold, how they begin, and how they go from one tick to the next."""
