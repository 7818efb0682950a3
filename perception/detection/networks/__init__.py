"""Networks that detect: a small YOLO of our own, and the head of YOLO v1. That of YOLO v3 is built from its cfg, see `darknet`."""
