"""Sinks that come as packages of their own."""
