"""Codes are made, redeemed once for a token, and tokens are recognised until they are revoked."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from sqlite3 import Row
from typing import Final

from edge.record.audit import Audit
from edge.record.sqlite_file import SqliteFile
from edge.serve.access.roles import Role

CODE_LIFE_S: Final = 120.0
TOKEN_LIFE_S: Final = 90 * 24 * 3600.0
_CODE_BYTES: Final = 16
_TOKEN_BYTES: Final = 32
_DIGITS: Final = 8
_MOST_LABEL: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A one-use code, as a link carries it and as a person types it."""

    text: str
    digits: str
    role: Role
    expires_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A browser or program that was paired."""

    id: int
    role: Role
    label: str
    paired_at: float


class PairingStore:
    """The pairings in one file.

    Parameters
    ----------
    file
        Where they are kept: of codes and tokens only their hashes.
    audit
        Told of everything that is done here.
    clock
        Wall-clock seconds since 1970.
    """

    def __init__(self, file: SqliteFile, audit: Audit, clock: Callable[[], float]) -> None:
        self._file = file
        self._audit = audit
        self._clock = clock

    def new_code(self, role: Role, who: str, life_s: float = CODE_LIFE_S) -> Code:
        """Make a code that lets one device in within ``life_s``."""
        code = Code(
            text=secrets.token_urlsafe(_CODE_BYTES),
            digits=f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}d}",
            role=role,
            expires_at=self._clock() + life_s,
        )
        # Old ones must not gather, nor their digits be taken for ever.
        self._file.run("DELETE FROM code WHERE expires_at < ?", self._clock() - TOKEN_LIFE_S)
        self._file.run(
            "INSERT OR REPLACE INTO code (hash, digits_hash, role, expires_at) VALUES (?, ?, ?, ?)",
            _hash(code.text),
            _hash(code.digits),
            str(role),
            code.expires_at,
        )
        self._audit.add("code made", who, f"for a {role}")
        return code

    def redeem(self, said: str, label: str, address: str) -> tuple[str, Device] | None:
        """Return a new token and its device for a code that is known, fresh and unused; else None.

        The token is told nowhere else and kept nowhere.
        """
        now, code = self._clock(), _hash(said.replace(" ", ""))
        # One statement: of two who come at once, one is too late.
        found = self._file.rows(
            "UPDATE code SET used_at = ?1 WHERE (hash = ?2 OR digits_hash = ?2) "
            "AND used_at IS NULL AND expires_at > ?1 RETURNING role",
            now,
            code,
        )
        if not found:
            self._audit.add("code refused", address)
            return None
        return self._pair(Role(found[0][0]), label, f"from {address}")

    def new_token(self, role: Role, label: str, who: str) -> tuple[str, Device]:
        """Pair a program, which has no browser: return its token, told nowhere else."""
        return self._pair(role, label, f"by {who}")

    def device(self, token: str) -> Device | None:
        """Return whose token this is; None if it is unknown, revoked or too old."""
        rows = self._file.rows(
            "SELECT id, role, label, paired_at FROM device "
            "WHERE token_hash = ? AND revoked_at IS NULL AND paired_at > ?",
            _hash(token),
            self._clock() - TOKEN_LIFE_S,
        )
        return _device(rows[0]) if rows else None

    def devices(self) -> list[Device]:
        """Return all that are paired, the newest last."""
        rows = self._file.rows(
            "SELECT id, role, label, paired_at FROM device "
            "WHERE revoked_at IS NULL AND paired_at > ? ORDER BY id",
            self._clock() - TOKEN_LIFE_S,
        )
        return [_device(row) for row in rows]

    def revoke(self, device_id: int, who: str) -> bool:
        """End a pairing; False if there is none of this number."""
        count = self._file.run(
            "UPDATE device SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL",
            self._clock(),
            device_id,
        )
        if count:
            self._audit.add("revoked", who, f"device {device_id}")
        return bool(count)

    def announce(self, url: str) -> None:
        """Tell other programs here where tablets reach the station; empty for nowhere."""
        self._file.run("INSERT OR REPLACE INTO station VALUES ('url', ?)", url)

    def announced(self) -> str:
        """Return what was announced last; empty if nothing was."""
        rows = self._file.rows("SELECT value FROM station WHERE key = 'url'")
        return str(rows[0][0]) if rows else ""

    def ask_to_show(self, role: Role) -> None:
        """Ask the running station to show a code on its own screen."""
        self._file.run("INSERT OR REPLACE INTO station VALUES ('show', ?)", str(role))

    def asked_to_show(self) -> Role | None:
        """Return for whom a code was asked for since this was called last, if for anybody."""
        rows = self._file.rows("SELECT value FROM station WHERE key = 'show'")
        if not rows:
            return None
        self._file.run("DELETE FROM station WHERE key = 'show'")
        return Role(rows[0][0])

    def _pair(self, role: Role, label: str, how: str) -> tuple[str, Device]:
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        now = self._clock()
        shown = " ".join(label.split())[:_MOST_LABEL] or str(role)
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
    # Tokens and link codes are random and long: no salt, no slow hash is needed. The eight digits
    # are short, and live for two minutes.
    return sha256(secret.encode()).hexdigest()
