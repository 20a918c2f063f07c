"""Store of pairings: one-time codes, and the device tokens they are redeemed for."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from sqlite3 import Row
from threading import Lock
from typing import Final

from edge.messages.plain_text import plain_text
from edge.record.audit import Audit
from edge.record.sqlite_file import SqliteFile
from edge.record.station_clock import ClockReading, read_clock
from edge.serve.access.rate_limits import Bucket
from edge.serve.access.roles import Role

CODE_LIFE_S: Final = 120.0
TOKEN_LIFE_S: Final = 90 * 24 * 3600.0
_CODE_BYTES: Final = 16
_TOKEN_BYTES: Final = 32
_DIGITS: Final = 8
_MOST_LABEL: Final = 40
# Lines of the audit about refused codes: a person's mistakes, not an attacker's flood.
_REFUSALS_HZ, _REFUSALS = 10 / 60, 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A one-time code: ``text`` for a link, ``digits`` to type."""

    text: str
    digits: str
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A paired browser or program."""

    id: int
    role: Role
    label: str
    paired_at: float


class PairingStore:
    """The pairings in one file.

    Parameters
    ----------
    file
        Where they are stored; only hashes of codes and tokens.
    audit
        Logs every action here.
    clock
        Wall-clock seconds since 1970.
    since_boot
        The clock by which codes end.
    """

    def __init__(
        self,
        file: SqliteFile,
        audit: Audit,
        clock: Callable[[], float],
        since_boot: Callable[[], ClockReading] = read_clock,
    ) -> None:
        self._file = file
        self._audit = audit
        self._clock = clock
        self._unpublished: str | None = None
        self._since_boot = since_boot
        self._lock = Lock()
        self._refusals = Bucket(_REFUSALS_HZ, _REFUSALS, lambda: since_boot().boot_s)
        self._unsaid = 0

    def new_code(self, role: Role, who: str, life_s: float = CODE_LIFE_S) -> Code:
        """Create a code that pairs one device within ``life_s``."""
        code = Code(
            text=secrets.token_urlsafe(_CODE_BYTES),
            digits=f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}d}",
            role=role,
        )
        now = self._since_boot()
        # Old codes must not accumulate or block their digits.
        self._file.run("DELETE FROM code WHERE boot <> ? OR ends_s < ?", now.boot, now.boot_s)
        self._file.run(
            "INSERT OR REPLACE INTO code (hash, digits_hash, role, expires_at, boot, ends_s) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            _hash(code.text),
            _hash(code.digits),
            str(role),
            self._clock() + life_s,
            now.boot,
            now.boot_s + life_s,
        )
        self._audit.add("code made", who, f"for a {role}")
        return code

    def newest_code(self) -> str:
        """Return what tells the newest code from every other; empty if there is none."""
        rows = self._file.rows("SELECT hash FROM code ORDER BY id DESC LIMIT 1")
        return str(rows[0][0]) if rows else ""

    def redeem(self, said: str, label: str, address: str) -> tuple[str, Device] | None:
        """Return a new token and its device if the code is valid and unused, else None.

        The token itself is not stored.
        """
        now = self._since_boot()
        # One atomic statement: of two simultaneous attempts only one succeeds.
        found = self._file.rows(
            "UPDATE code SET used_at = ?1 WHERE (hash = ?2 OR digits_hash = ?2) "
            "AND used_at IS NULL AND boot = ?3 AND ends_s > ?4 RETURNING role",
            self._clock(),
            _hash(said.replace(" ", "")),
            now.boot,
            now.boot_s,
        )
        if not found:
            self._note_refused(address)
            return None
        return self._pair(Role(found[0][0]), label, f"from {address}")

    def new_token(self, role: Role, label: str, who: str) -> tuple[str, Device]:
        """Pair a program without a browser and return its token, which is not stored."""
        return self._pair(role, label, f"by {who}")

    def device(self, token: str) -> Device | None:
        """Return the device of a token; None if unknown, revoked or expired."""
        self._end_expired()
        rows = self._file.rows(
            "SELECT id, role, label, paired_at FROM device "
            "WHERE token_hash = ? AND revoked_at IS NULL",
            _hash(token),
        )
        return _device(rows[0]) if rows else None

    def is_paired(self, device_id: int) -> bool:
        """Return whether a device is still paired."""
        self._end_expired()
        return bool(
            self._file.rows("SELECT 1 FROM device WHERE id = ? AND revoked_at IS NULL", device_id)
        )

    def devices(self) -> list[Device]:
        """Return all paired devices, newest last."""
        self._end_expired()
        rows = self._file.rows(
            "SELECT id, role, label, paired_at FROM device WHERE revoked_at IS NULL ORDER BY id"
        )
        return [_device(row) for row in rows]

    def _end_expired(self) -> None:
        """End old pairings for good: a clock set back later must not bring them back."""
        now = self._clock()
        old = self._file.rows(
            "SELECT 1 FROM device WHERE revoked_at IS NULL AND paired_at <= ? LIMIT 1",
            now - TOKEN_LIFE_S,
        )
        if old:
            self._file.run(
                "UPDATE device SET revoked_at = ? WHERE revoked_at IS NULL AND paired_at <= ?",
                now,
                now - TOKEN_LIFE_S,
            )

    def revoke(self, device_id: int, who: str) -> bool:
        """End a pairing; return False if the device is not paired."""
        count = self._file.run(
            "UPDATE device SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL",
            self._clock(),
            device_id,
        )
        if count:
            self._audit.add("revoked", who, f"device {device_id}")
        return bool(count)

    def announce(self, url: str) -> None:
        """Publish the URL of the station for other programs here; empty if there is none.

        If the disk refuses, it is published once ``asked_to_show`` finds the disk well again.
        """
        self._unpublished = url
        self._publish()

    def announced(self) -> str:
        """Return the announced URL; empty if there is none."""
        rows = self._file.rows("SELECT value FROM station WHERE key = 'url'")
        return str(rows[0][0]) if rows else ""

    def ask_to_show(self, role: Role) -> None:
        """Ask the running station to show a code on its own screen."""
        self._file.run("INSERT OR REPLACE INTO station VALUES ('show', ?)", str(role))

    def asked_to_show(self) -> Role | None:
        """Return and clear the role of a pending request to show a code, if any."""
        self._publish()
        rows = self._file.rows("SELECT value FROM station WHERE key = 'show'")
        if not rows:
            return None
        self._file.run("DELETE FROM station WHERE key = 'show'")
        return Role(rows[0][0])

    def _note_refused(self, address: str) -> None:
        """Write refused codes to the audit; a flood of them is summed up, or it fills the disk."""
        with self._lock:
            if not self._refusals.take():
                self._unsaid += 1
                return
            unsaid, self._unsaid = self._unsaid, 0
        self._audit.add("code refused", address, f"after {unsaid} more" if unsaid else "")

    def _publish(self) -> None:
        if self._unpublished is not None:
            url = self._unpublished
            self._file.run("INSERT OR REPLACE INTO station VALUES ('url', ?)", url)
            self._unpublished = None

    def _pair(self, role: Role, label: str, how: str) -> tuple[str, Device]:
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        now = self._clock()
        shown = plain_text(label, _MOST_LABEL) or str(role)
        rows = self._file.rows(
            "INSERT INTO device (token_hash, role, label, paired_at) VALUES (?, ?, ?, ?) "
            "RETURNING id",
            _hash(token),
            str(role),
            shown,
            now,
        )
        device = Device(id=rows[0][0], role=role, label=shown, paired_at=now)
        self._audit.add("paired", f"device {device.id}", f"{role}, {how}")
        return token, device


def _device(row: Row) -> Device:
    return Device(id=row[0], role=Role(row[1]), label=row[2], paired_at=row[3])


def _hash(secret: str) -> str:
    # Tokens and link codes are long and random: they need no salt or slow hash. The eight digits
    # are short but expire after two minutes.
    return sha256(secret.encode()).hexdigest()
