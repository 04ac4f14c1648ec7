"""What is kept of people: told from the real settings, and erased on request."""
