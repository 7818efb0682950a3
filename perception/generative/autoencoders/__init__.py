"""Autoencoders: plain, denoising, colourising, and variational ones."""
