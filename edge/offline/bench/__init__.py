"""Benchmarks of every stage on this machine, in interleaved rounds."""
