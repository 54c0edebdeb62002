"""The file: programmes, people, households, cases, services, placements. Caseworkers live here."""
