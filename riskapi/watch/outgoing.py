"""What messages to webhooks need of the settings. Enters: texts of settings. Leaves: checked keys and hosts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from riskapi.watch.keyring import Keyring, read_keyring
from riskapi.watch.targets import Policy, read_policy


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Keys for secrets, and the hosts that an operator allows beside public ones."""

    keyring: Keyring
    policy: Policy

    @classmethod
    def read(cls, key: str, hosts: Iterable[str]) -> Self:
        """From the settings; raises `SettingsError`."""
        return cls(read_keyring(key), read_policy(hosts))
