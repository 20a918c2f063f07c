"""Export of sessions to other programs' formats."""
