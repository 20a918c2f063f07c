"""The pose models on disk: fetched, converted, verified."""
