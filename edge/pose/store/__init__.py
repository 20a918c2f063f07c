"""The pose models on disk: download, conversion, verification."""
