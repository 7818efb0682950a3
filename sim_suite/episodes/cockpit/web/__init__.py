"""A seat for machines without a display: a page in a browser, on this machine only, that takes keys in and shows pictures."""
