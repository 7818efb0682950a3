"""Perception: classification, detection, segmentation, generative models. Holds no module yet; see README.md."""
