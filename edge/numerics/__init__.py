"""Pure maths that several rooms need."""
