"""The set-up check of camera, light and runner position."""
