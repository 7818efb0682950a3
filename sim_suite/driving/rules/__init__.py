"""What traffic law and the route ask of a driver, a rule a file; each notes an event once, when it begins to be broken."""
