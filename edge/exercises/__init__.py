"""What the person on the belt is asked to do, and the set-up check."""
