"""`sim-suite perception`: a module a subcommand; see group.py."""
