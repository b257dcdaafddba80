"""What is given: tables, match features, and the checks they pass."""
