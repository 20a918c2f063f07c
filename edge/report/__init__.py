"""The printed report of sessions, for the physiotherapist."""
