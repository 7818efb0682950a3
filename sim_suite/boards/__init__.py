"""Rules of board games for two as compiled functions of one position, and what is built around them for many games."""
