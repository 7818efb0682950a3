"""Every call of CARLA's client, and what becomes of it."""
