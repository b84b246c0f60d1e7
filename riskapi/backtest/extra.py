"""The statistics libraries that the back-test needs and a scoring service does not.

Enters: nothing, or settings. Leaves: nothing, or a `SettingsError` that says what to install or to leave out.
"""

from __future__ import annotations

from importlib.util import find_spec

from riskapi.errors import Problem, SettingsError
from riskapi.settings import Settings

LIBRARIES = {"numpy": "numpy", "scipy": "scipy", "sklearn": "scikit-learn"}


def require_no_layers(settings: Settings, option: str) -> None:
    """Raise `SettingsError` where `option` would write into rules that private layers lie over."""
    if settings.layers:
        raise SettingsError(
            Problem(
                code="layers-in-the-way",
                field=option,
                detail=f"{option} changes {settings.rules}, but the figures were made with layers over it",
                hint="leave out --rules (and RISKAPI_RULES), or change the layer's own files by hand",
            )
        )


def require_statistics(command: str) -> None:
    """Raise `SettingsError` where a library that `command` needs is not installed."""
    missing = [name for module, name in LIBRARIES.items() if find_spec(module) is None]
    if missing:
        raise SettingsError(
            Problem(
                code="extra-missing",
                detail=f"`{command}` needs {' and '.join(missing)}",
                hint='install the extra `backtest`: pip install "riskapi[backtest]"',
            )
        )
