"""Pages: of a person with a link, and of those who call."""
