"""What can go wrong with pairings and certificates."""


class AccessError(RuntimeError):
    """The file of pairings cannot be used; the text is one sentence for people."""


class CertificateError(RuntimeError):
    """Certificates cannot be made; the text is one sentence for people."""
