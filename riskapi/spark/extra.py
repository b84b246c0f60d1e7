"""PySpark and Java, which one machine does not need: nothing in; nothing, or what to install, out."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

from riskapi.errors import Problem, SettingsError


def require_spark() -> None:
    """Raise `SettingsError` where PySpark or Java is missing; to be called before anything else here is imported."""
    if find_spec("pyspark") is None:
        detail, hint = "`--engine spark` needs PySpark", 'install the extra `spark`: pip install "riskapi[spark]"'
        raise SettingsError(Problem(code="extra-missing", field="--engine", detail=detail, hint=hint))
    home = os.environ.get("JAVA_HOME")
    if shutil.which("java") is None and not (home and Path(home, "bin", "java").is_file()):
        detail = "Spark needs Java 17 or newer, and there is none"
        hint = "install a runtime (on Debian: apt-get install openjdk-17-jre-headless), or set JAVA_HOME"
        raise SettingsError(Problem(code="java-missing", field="--engine", detail=detail, hint=hint))
