"""The recorded sessions for whoever is at a page: listed, compared, handed out, deleted."""
