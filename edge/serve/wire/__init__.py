"""The wire: every message between station and page, and its schema."""
