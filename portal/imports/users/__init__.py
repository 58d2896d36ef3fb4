"""Import of users and tags."""
