"""The money a jury awards: calls, sittings, pitches, decisions, payments. Furnished by its own release."""
