"""What a driver sees: their charge, where they may charge, their sessions and tags."""
