"""The station on the web: messages, live link and page."""
