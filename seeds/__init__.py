"""Reference data that every installation needs, and the demo company."""
