"""The demo: a programme lived through day by day, by performing the verbs on a moved clock. Everybody in it is invented."""
