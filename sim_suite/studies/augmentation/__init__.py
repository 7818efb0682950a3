"""Whether pictures that were never taken help those who learn from few real ones."""
