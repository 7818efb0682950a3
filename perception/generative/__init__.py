"""Generative models: autoencoders, diffusion, and how what they make is measured."""
