"""What a session says, on paper: for the physiotherapist who was there and the one who was not."""
