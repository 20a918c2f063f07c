"""The pose models, one folder each."""
