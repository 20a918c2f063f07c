import ssl
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store

from edge.messages.errors import CertificateError
from edge.serve.access.certificates import make_certificates

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def loaded(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def test_the_certificate_is_what_a_browser_accepts_from_the_authority(tmp_path: Path) -> None:
    made = make_certificates(tmp_path, ["station.local", "192.168.1.5"], NOW)
    store = Store([loaded(made.authority)])
    subject = x509.DNSName("station.local")
    verifier = PolicyBuilder().store(store).time(NOW).build_server_verifier(subject)
    verifier.verify(loaded(made.certificate), [])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.certificate, made.key)
    # Apple's devices refuse what holds for longer.
    assert made.until - NOW < timedelta(days=825)


def test_keys_are_for_their_owner_alone(tmp_path: Path) -> None:
    made = make_certificates(tmp_path, ["station.local"], NOW)
    for path in (made.key, tmp_path / "ca.key"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_renewed_certificate_is_of_the_same_authority(tmp_path: Path) -> None:
    first = make_certificates(tmp_path, ["station.local"], NOW)
    before = first.certificate.read_bytes()
    second = make_certificates(tmp_path, ["station.local"], NOW + timedelta(days=700))
    assert second.fingerprint == first.fingerprint
    assert second.certificate.read_bytes() != before


def test_what_is_no_authority_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "ca.key").write_text("nothing")
    with pytest.raises(CertificateError, match=r"^what lies in .* is no authority: "):
        make_certificates(tmp_path, ["station.local"], NOW)


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CertificateError, match=r"^cannot write certificates to .*: File exists$"):
        make_certificates(tmp_path / "file", ["station.local"], NOW)
