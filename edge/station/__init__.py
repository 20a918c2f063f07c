"""The running station: start, threads, supervision, load, health, shutdown."""
