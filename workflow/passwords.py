"""Passwords: argon2id, with the library's present parameters."""

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from models import Words
from workflow.errors import Incomplete

LEAST = 10
MOST = 200
DIFFERENT = 5
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # no signs that are taken for each other
_HASHER = PasswordHasher()
# Verified when the account does not exist, so that the answer takes as long as for one that does.
_NOBODYS = _HASHER.hash(secrets.token_hex(16))

TOO_SHORT = Words("密码至少 {least} 位。", "A password has at least {least} characters.")
TOO_LONG = Words("密码最多 {most} 位。", "A password has at most {most} characters.")
TOO_PLAIN = Words("密码至少包含 {least} 种不同字符。", "A password has at least {least} different characters.")
LIKE_NAME = Words("密码不能与用户名相同。", "The password may not be the user name.")


def hash_password(password: str) -> str:
    return _HASHER.hash(password)


def matches(password: str, password_hash: str | None) -> bool:
    """Whether the password is the one; takes as long where there is no hash to compare with."""
    try:
        return _HASHER.verify(password_hash or _NOBODYS, password[:MOST]) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def check_new(password: str, username: str) -> str:
    """The password, where it will do; raises Incomplete with words otherwise."""
    if len(password) < LEAST:
        raise Incomplete({"password": TOO_SHORT.format(least=LEAST)})
    if len(password) > MOST:
        raise Incomplete({"password": TOO_LONG.format(most=MOST)})
    if len(set(password) - set(" ")) < DIFFERENT:
        raise Incomplete({"password": TOO_PLAIN.format(least=DIFFERENT)})
    if password.casefold() == username.casefold():
        raise Incomplete({"password": LIKE_NAME})
    return password


def one_time_password() -> str:
    """A password to be handed over once and changed at the first sign-in."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(3))
