"""Semantic segmentation: what each pixel of a camera's picture shows."""
