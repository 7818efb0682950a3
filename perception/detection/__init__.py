"""Detection: boxes of road users, lights and signs in pictures. YOLO v1 and v3, their losses, Darknet's files, average precision."""
