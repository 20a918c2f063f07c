"""Plug-in sinks from separately installed packages."""
