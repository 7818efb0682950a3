"""ChauffeurNet judged as in its paper: closed-loop families, open loop, ablation of inputs, films."""
