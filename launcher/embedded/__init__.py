"""PostgreSQL and a Redis-compatible server out of their wheels, listening on Unix sockets only."""
