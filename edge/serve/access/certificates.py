"""The station's private certificate authority and its server certificate."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from edge.messages.errors import CertificateError

CA_FILE: Final = "ca.pem"
CA_KEY_FILE: Final = "ca.key"
CERTIFICATE_FILE: Final = "station.pem"
KEY_FILE: Final = "station.key"

_CA_LIFE: Final = timedelta(days=3650)
# The longest validity that Apple devices accept from a user-added authority.
_STATION_LIFE: Final = timedelta(days=825)
# Allowance for inaccurate tablet clocks.
_EARLIER: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """The files written, their expiry, and the authority's fingerprint (SHA-256)."""

    authority: Path
    certificate: Path
    key: Path
    until: datetime
    fingerprint: str


def make_certificates(folder: Path, names: Sequence[str], now: datetime) -> Made:
    """Write the station's certificate; create the authority unless it already exists.

    Parameters
    ----------
    folder
        Where the four files go; the keys are readable by their owner only.
    names
        Host names and addresses at which tablets reach the station; at least one.
    now
        Start of validity; a timezone-aware time.

    Raises
    ------
    CertificateError
        If a file cannot be written, or the existing authority is invalid.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        ca_key, ca = _authority(folder, now)
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _station_certificate(key, ca_key, ca, names, now)
        _write_secret(folder / KEY_FILE, _key_pem(key))
        pem = certificate.public_bytes(serialization.Encoding.PEM)
        (folder / CERTIFICATE_FILE).write_bytes(pem)
    except OSError as error:
        raise CertificateError(
            f"cannot write certificates to {folder}: {error.strerror}"
        ) from error
    except (ValueError, TypeError) as error:
        raise CertificateError(f"what lies in {folder} is no authority: {error}") from error
    return Made(
        authority=folder / CA_FILE,
        certificate=folder / CERTIFICATE_FILE,
        key=folder / KEY_FILE,
        until=certificate.not_valid_after_utc,
        fingerprint=ca.fingerprint(hashes.SHA256()).hex(":").upper(),
    )


def _authority(folder: Path, now: datetime) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    if (folder / CA_KEY_FILE).exists():
        key = serialization.load_pem_private_key((folder / CA_KEY_FILE).read_bytes(), None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise ValueError(f"{CA_KEY_FILE} is of another kind")
        return key, x509.load_pem_x509_certificate((folder / CA_FILE).read_bytes())
    made = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Toeline station authority")])
    certificate = (
        _builder(name, name, made.public_key(), now, _CA_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .sign(made, hashes.SHA256())
    )
    (folder / CA_FILE).write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    _write_secret(folder / CA_KEY_FILE, _key_pem(made))
    return made, certificate


def _station_certificate(
    key: ec.EllipticCurvePrivateKey,
    ca_key: ec.EllipticCurvePrivateKey,
    ca: x509.Certificate,
    names: Sequence[str],
    now: datetime,
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0][:64])])
    server = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key())
    return (
        _builder(subject, ca.subject, key.public_key(), now, _STATION_LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(server, critical=False)
        .add_extension(issuer, critical=False)
        .add_extension(x509.SubjectAlternativeName([_name(n) for n in names]), critical=False)
        .sign(ca_key, hashes.SHA256())
    )


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    now: datetime,
    life: timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _EARLIER)
        .not_valid_after(now - _EARLIER + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        key_cert_sign=signs,
        crl_sign=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _write_secret(path: Path, content: bytes) -> None:
    """Write a file that is readable by its owner only from the start."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
