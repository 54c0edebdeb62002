"""Reports: the figures of a programme on a day, each read from the facts in a few queries."""
