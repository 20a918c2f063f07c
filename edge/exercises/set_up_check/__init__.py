"""What the station can tell by itself of how camera, light and runner are placed."""
