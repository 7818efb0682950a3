"""The embedded driving world served to CARLA's clients."""
