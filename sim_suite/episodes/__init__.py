"""Episodes: recorded, stored, replayed, exchanged. The guide is README.md."""
