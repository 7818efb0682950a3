"""Losses of YOLO as pure functions of tensors, a version of the detector a file."""
