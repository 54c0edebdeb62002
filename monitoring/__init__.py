"""The asking: follow-up rounds, instruments, indicators and the report on them."""
