"""What the pages see live: pictures, messages, replays of the last strides."""
