"""The access commands: ``toeline pair`` and ``toeline certs``."""

import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from edge.cli.output import FAILED, USAGE, fail, one_sentence
from edge.serve.access.roles import Role
from edge.settings import paths
from edge.settings.changed_settings import with_serve
from edge.settings.settings import Settings

if TYPE_CHECKING:
    from edge.serve.access.rights import Rights

_WHO = "toeline pair"
_MOST_LINES = 1000


def pair(
    role: Annotated[Role, typer.Option("--role", help="What the device may do.")] = Role.VIEWER,
    url: Annotated[
        str | None,
        typer.Option(
            "--url",
            metavar="URL",
            help="Address at which tablets reach the station.",
        ),
    ] = None,
    revoke: Annotated[
        int | None, typer.Option("--revoke", metavar="NUMBER", help="End the pairing of a device.")
    ] = None,
    *,
    on_display: Annotated[
        bool, typer.Option("--on-display", help="Show the code on the station's screen.")
    ] = False,
    token: Annotated[
        bool, typer.Option("--token", help="Print a token for a program, such as Prometheus.")
    ] = False,
    devices: Annotated[bool, typer.Option("--list", help="List paired devices.")] = False,
    audit: Annotated[
        bool,
        typer.Option("--audit", help="Print who paired, viewed, commanded, exported and deleted."),
    ] = False,
    verify: Annotated[
        bool,
        typer.Option("--verify", help="With --audit: check that no line was altered or removed."),
    ] = False,
) -> None:
    """Pair a tablet: print a QR code and a one-time link, valid for two minutes."""
    if sum((revoke is not None, on_display, token, devices, audit)) > 1:
        fail("use only one of --revoke, --on-display, --token, --list and --audit", USAGE)
    if verify and not audit:
        fail("--verify goes with --audit", USAGE)
    with one_sentence():
        from edge.serve.access.rights import Rights

        rights = Rights(paths.data_dir())
        try:
            if devices:
                _list_devices(rights)
            elif verify:
                _verify_audit(rights)
            elif audit:
                _print_audit(rights)
            elif revoke is not None:
                _revoke(rights, revoke)
            elif token:
                typer.echo(rights.pairings.new_token(role, "a program", _WHO)[0])
            else:
                _offer(rights, role, url or rights.pairings.announced(), on_display=on_display)
        finally:
            rights.close()


def certs(
    name: Annotated[
        list[str] | None,
        typer.Option(
            "--name",
            metavar="HOST",
            help="A host name or address of the station; repeatable. [default: all it has]",
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Output folder.")] = None,
) -> None:
    """Make a certificate for the station and the authority that tablets must trust."""
    with one_sentence():
        from edge.serve.access.addresses import LOOPBACK_NAMES, own_names, reachable_host
        from edge.serve.access.certificates import make_certificates
        from edge.serve.access.rights import certificates_folder

        chosen = name or sorted({*own_names(), reachable_host("0.0.0.0")})
        names = list(dict.fromkeys([*chosen, *sorted(LOOPBACK_NAMES)]))
        target = out or certificates_folder(paths.data_dir())
        made = make_certificates(target, names, datetime.now(UTC))
    typer.echo(f"for {', '.join(names)}, until {made.until:%Y-%m-%d}")
    typer.echo(f"certificate {made.certificate}")
    typer.echo(f"key         {made.key}")
    typer.echo(f"authority   {made.authority}  (install this one on each tablet)")
    typer.echo(f"its SHA-256 {made.fingerprint}")


def with_tls(
    settings: Settings, certificate: str | None, key: str | None, *, own: bool
) -> Settings:
    """Return settings with the given certificate, or with the one from ``toeline certs``."""
    if not own:
        changes = {"certificate": certificate, "key": key}
        return with_serve(settings, **{k: v for k, v in changes.items() if v is not None})
    if certificate or key:
        fail("--tls uses the station's own certificate: omit --certificate and --key", USAGE)
    from edge.serve.access.certificates import CERTIFICATE_FILE, KEY_FILE
    from edge.serve.access.rights import certificates_folder

    where = certificates_folder(paths.data_dir())
    if not (where / CERTIFICATE_FILE).exists():
        fail(f"there is no certificate in {where}; `toeline certs` makes one")
    return with_serve(
        settings, certificate=str(where / CERTIFICATE_FILE), key=str(where / KEY_FILE)
    )


def _offer(rights: "Rights", role: Role, url: str, *, on_display: bool) -> None:
    if not url:
        fail(
            "no station on this machine is reachable from tablets; start one with "
            "`toeline run --listen 0.0.0.0`, or give its address with --url"
        )
    if on_display:
        rights.pairings.ask_to_show(role)
        typer.echo("the station's own screen shows the code for two minutes")
        return
    from edge.serve.control.command_router import pairing_link, print_qr

    code = rights.pairings.new_code(role, _WHO)
    link = pairing_link(url if url.endswith("/") else f"{url}/", code.text)
    if sys.stdout.isatty():
        print_qr(link, sys.stdout)
    typer.echo(link)
    typer.echo(f"or open {link.partition('#')[0]} and type {code.digits[:4]} {code.digits[4:]}")
    typer.echo(f"one {role}, within two minutes")


def _list_devices(rights: "Rights") -> None:
    for device in rights.pairings.devices():
        typer.echo(f"{device.id:4} {device.role:8} {_local(device.paired_at)}  {device.label}")


def _print_audit(rights: "Rights") -> None:
    """Print the audits of access and of the store, merged by time."""
    from edge.record.audit import in_order
    from edge.serve.sessions.session_archive import audit_lines

    kept = audit_lines(paths.data_dir(), _MOST_LINES)
    for entry in in_order(rights.audit.entries(_MOST_LINES), kept):
        typer.echo(f"{_local(entry.at)}  {entry.what}: {entry.who} {entry.detail}".rstrip())


def _verify_audit(rights: "Rights") -> None:
    """Check both audits; exit with an error if a line was altered or removed."""
    from edge.serve.sessions.session_archive import verified_audit

    checked = {"pairings": rights.audit.verify(), "sessions": verified_audit(paths.data_dir())}
    broken = False
    for name, found in checked.items():
        if found is None:
            continue
        for sentence in found.faults:
            typer.echo(f"toeline: audit of {name}: {sentence}", err=True)
            broken = True
        state = "broken" if found.faults else "intact"
        old = f", {found.unchained} of a version without hashes" if found.unchained else ""
        typer.echo(
            f"{name:8}  {state}: {found.lines} lines{old}; head {found.head.number} "
            f"{found.head.hash}".rstrip()
        )
    if broken:
        raise typer.Exit(FAILED)


def _revoke(rights: "Rights", number: int) -> None:
    if not rights.pairings.revoke(number, _WHO):
        fail(f"no paired device has number {number}; `toeline pair --list` lists them")
    typer.echo(f"device {number} is no longer paired")


def _local(at: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(at))
