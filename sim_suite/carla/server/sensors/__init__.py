"""What sensors of CARLA's names read in the embedded world."""
