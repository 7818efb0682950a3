"""Denoising diffusion: schedules, the network that tells noise, sampling."""
