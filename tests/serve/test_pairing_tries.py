"""Guessing pairing codes: bounded for every number of addresses, and nobody is locked out."""

from edge.serve.access.addresses import client_key
from edge.serve.access.pairing_store import CODE_LIFE_S
from edge.serve.access.pairing_tries import PairingTries, is_typed


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def guess(tries: PairingTries, address: str, code: str = "a code") -> bool:
    """Try a wrong code; return whether it was looked at."""
    client = client_key(address)
    if not (tries.take_own(client) and tries.take_shared(client, code)):
        return False
    tries.note_failed(client)
    return True


def test_forty_addresses_lock_nobody_out() -> None:
    clock = Clock()
    tries = PairingTries(clock)
    for second in range(600):
        clock.now_s = float(second)
        for address in range(40):
            guess(tries, f"10.0.0.{address}")
    # Not even somebody who mistypes twice.
    assert [guess(tries, "10.0.0.99") for _ in range(3)] == [True] * 3


def test_many_addresses_at_once_are_forgotten_with_a_new_code() -> None:
    clock = Clock()
    tries = PairingTries(clock)
    attacked = [guess(tries, f"10.0.{n}.7") for n in range(200)]
    assert attacked.count(True) == 60
    assert not tries.take_shared("10.1.0.1", "a code")
    assert tries.take_shared("10.1.0.1", "the next code")


def test_no_number_of_addresses_guesses_a_code() -> None:
    clock = Clock()
    tries = PairingTries(clock)
    guesses = 0
    for tenth in range(round(CODE_LIFE_S * 10)):
        clock.now_s = tenth / 10
        # A new network each time, and old ones again.
        guesses += sum(guess(tries, f"10.{tenth // 200}.{tenth % 200}.{n}") for n in range(5))
        guesses += sum(guess(tries, f"10.99.0.{n}") for n in range(40))
    assert guesses <= 240
    assert guesses / 10**8 < 3e-6


def test_one_household_with_ipv6_is_one_client() -> None:
    tries = PairingTries(Clock())
    got = [guess(tries, f"2001:db8::{n:x}") for n in range(1, 9)]
    assert got == [True] * 5 + [False] * 3
    assert client_key("::ffff:10.0.0.9") == client_key("10.0.0.9")
    assert client_key("fe80::1%eth0") == "fe80::/64"
    assert client_key("testclient") == "testclient"


def test_a_link_cannot_be_typed() -> None:
    assert is_typed("01234567")
    for code in ("0123456x", "", "\u0661" * 8, "3q2-7w"):
        assert not is_typed(code)
