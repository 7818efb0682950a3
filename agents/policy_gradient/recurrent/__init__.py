"""Policies that remember: PPO with an LSTM."""
