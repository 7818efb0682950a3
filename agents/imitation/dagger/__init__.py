"""DAgger: the policy drives, the expert says what it would have done, and all of it is learned from (Ross et al. 2011)."""
