"""The first key of a service that is never open. Enters: a file with its text. Leaves: the key in the store.

Without it a service on an address that others can reach would have to start open, for the first key to be made. The file is
read at every start, and what it holds is made once: revoke the key, and it stays revoked.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final

from riskapi.errors import Problem, RiskapiError, SettingsError
from riskapi.store import keys
from riskapi.store.audit import Signature
from riskapi.store.database import Store
from riskapi.store.keys import ApiKey, NewKey, Scope
from riskapi.store.tables import DEFAULT_TENANT

VARIABLE: Final = "RISKAPI_BOOTSTRAP_KEY_FILE"
NAME: Final = "first key"
_MOST_SIGNS: Final = 200


def make_first_key(store: Store, file: str, now: datetime) -> ApiKey:
    """The key that the file holds, made where the store does not know it. Raises `SettingsError`, `StoreError`."""
    text = _text_of(Path(file))
    new = NewKey(tenant=DEFAULT_TENANT, name=NAME, scope=Scope.ADMIN)
    try:
        with store.write() as session:
            return keys.adopt(session, text, new, Signature("bootstrap_key_file", now))
    except RiskapiError as error:
        if error.problems[0].code not in ("key-malformed", "key-differs"):
            raise
        raise _wrong(error.problems[0].detail, error.problems[0].hint) from error


def _text_of(file: Path) -> str:
    try:
        with file.open(encoding="ascii") as opened:
            return opened.read(_MOST_SIGNS).strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not plain text"
        raise _wrong(f"the file cannot be read: {reason}", "name a file with one line: `rk_...`") from error


def _wrong(detail: str, hint: str | None) -> SettingsError:
    return SettingsError(Problem(code="setting-invalid", field=VARIABLE, detail=detail, hint=hint))
