"""CarRacing frames with exact labels, in styles."""
