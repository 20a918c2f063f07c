"""The wire format: every message between station and page, and its schema."""
