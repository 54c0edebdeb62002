"""A toy room: a door that opens, shuts and is locked by two. The kit is tried on it before any domain."""
