"""The live link to the pages: pictures, messages, replays of the last strides."""
