"""AlphaZero and Monte Carlo tree search as agents of board games. README.md is the guide."""
