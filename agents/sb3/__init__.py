"""Stable-Baselines3 and sb3-contrib as agents of the suite: trained by recipe, saved without pickle."""
