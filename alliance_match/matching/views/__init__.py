"""Pages about matches: of clients, for everybody, of admins."""
