"""The locks: users, offices, roles, and what each may do and see."""
