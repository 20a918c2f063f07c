"""What people read: one catalogue of words a language, for pages, report and command line."""
