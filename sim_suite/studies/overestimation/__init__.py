"""How far action values lie above what comes of them: DQN beside double DQN, as in van Hasselt et al. 2016 (arXiv:1509.06461)."""
