"""Numbers of a stride."""
