"""A seat at the wheel for a person: devices that are read, displays that show, and the session between them and an environment."""
