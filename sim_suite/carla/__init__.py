"""CARLA's side of driving: its wire protocol, and the embedded world served behind it."""
