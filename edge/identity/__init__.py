"""Which leg is which: repair of exchanged and merged legs."""
