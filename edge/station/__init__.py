"""The running station: start-up, threads, supervision, load, health, shutdown."""
