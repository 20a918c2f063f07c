"""The station's web server: messages, live link and pages."""
