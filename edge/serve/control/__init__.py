"""Commands of operators, and what carries them out."""
