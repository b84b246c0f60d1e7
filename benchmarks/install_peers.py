"""Make the environment of the peers from peers.lock: exact versions with hashes, stamped, apart from that of riskapi.

    python benchmarks/install_peers.py

One package comes as source only and needs the headers of ICU to be built (on Debian: libicu-dev, pkg-config, g++). Where
that fails, all others are installed, and the peer that needs it is left out of the figures.
"""

from __future__ import annotations

import re
import subprocess
import sys
import venv
from hashlib import sha256
from pathlib import Path

from benchmarks.peers import ENVIRONMENT

LOCK = Path(__file__).with_name("peers.lock")
BUILT = "pyicu"
INSTALL = ("-m", "pip", "install", "-qq", "--disable-pip-version-check", "--require-hashes", "--no-deps")


def main() -> int:
    stamp, state = ENVIRONMENT / ".installed", sha256(LOCK.read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == state:
        return 0
    print("installing the peers", flush=True)
    venv.create(ENVIRONMENT, clear=True, with_pip=True)
    built: list[str] = []
    ready: list[str] = []
    for block in re.split(r"^(?=\S)", LOCK.read_text(encoding="utf-8"), flags=re.MULTILINE):
        (built if block.startswith(f"{BUILT}==") else ready).append(block)
    if _install("ready.txt", ready) != 0:
        return 1
    if _install("built.txt", built, "--no-build-isolation") != 0:
        print(
            f"{BUILT} could not be built (on Debian: apt-get install libicu-dev pkg-config g++), so nomenklatura is left out"
        )
    stamp.write_text(state, encoding="utf-8")
    return 0


def _install(name: str, blocks: list[str], *more: str) -> int:
    wanted = ENVIRONMENT / name
    wanted.write_text("".join(blocks), encoding="utf-8")
    command = [str(ENVIRONMENT / "bin" / "python"), *INSTALL, *more, "-r", str(wanted)]
    return subprocess.run(command, check=False).returncode  # noqa: S603  # pip, with our own lock


if __name__ == "__main__":
    sys.exit(main())
