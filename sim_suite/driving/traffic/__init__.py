"""Who drives and walks when nobody else does: following, yielding, changing lanes, crossing."""
