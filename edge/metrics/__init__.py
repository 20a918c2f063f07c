"""Metrics of a stride."""
