"""A board game in the terminal: a person against an agent, or two agents."""
