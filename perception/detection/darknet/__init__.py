"""Files of Darknet, the framework that YOLO was published in: networks (cfg) and weights, read into a torch network."""
