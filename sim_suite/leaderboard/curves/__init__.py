"""Learning curves of training runs: read, aligned over training seeds, drawn, and turned into TensorBoard's event files."""
