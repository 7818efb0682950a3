"""Agents that learn what each action is worth with a network: DQN, double DQN and PQN."""
