# ruff: noqa: INP001 - scripts, not a package
"""What the program is made of: a bill of materials (CycloneDX 1.6, JSON) from the lock.

    python deploy/sbom.py [--lock requirements.lock] [--output build/sbom.cdx.json]

Enters: the lock, with version and hashes of each package; licences come from the installed packages where there are any.
Leaves: JSON that is the same for the same lock: it has no time and no random number in it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
import uuid
from collections.abc import Set as AbstractSet
from importlib import metadata
from pathlib import Path
from typing import Any

from runtime import needed, own_requirements

ROOT = Path(__file__).parents[1]
PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(\[[^\]]*\])?==(?P<version>[^\s;\\]+)")
HASH = re.compile(r"--hash=sha256:(?P<digest>[0-9a-f]{64})")


def pins(lock: str) -> list[tuple[str, str, list[str]]]:
    """Name, version and hashes of each package in a lock file."""
    found = []
    for entry in lock.replace("\\\n", " ").splitlines():
        pin = PIN.match(entry.strip())
        if pin:
            name = re.sub(r"[-_.]+", "-", pin["name"]).lower()
            found.append((name, pin["version"], sorted(HASH.findall(entry))))
    return sorted(found)


def licence_of(name: str) -> list[dict[str, Any]]:
    """The licence that an installed package states; nothing where it is not installed or states none."""
    try:
        told = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return []
    if told.get("License-Expression"):
        return [{"expression": told["License-Expression"]}]
    classes = [line.rpartition(" :: ")[2] for line in told.get_all("Classifier", []) if line.startswith("License ::")]
    return [{"license": {"name": classes[0]}}] if classes else []


def component(name: str, version: str, digests: list[str], *, is_needed: bool) -> dict[str, Any]:
    """One package. The lock holds a hash for each file that may be installed; they are told as properties."""
    purl = f"pkg:pypi/{name}@{version}"
    scope = "required" if is_needed else "excluded"  # what only developers use
    told: dict[str, Any] = {"type": "library", "bom-ref": purl, "name": name, "version": version, "scope": scope,
                            "purl": purl}  # fmt: skip
    licences = licence_of(name)
    if licences:
        told["licenses"] = licences
    if digests:
        told["properties"] = [{"name": "riskapi:lock:sha256", "value": digest} for digest in digests]
    return told


def bill(lock: str, version: str, needed_names: AbstractSet[str]) -> dict[str, Any]:
    """The whole bill; `needed_names` are the packages that the service itself needs."""
    parts = [component(*pin, is_needed=pin[0] in needed_names) for pin in pins(lock)]
    own = f"pkg:pypi/riskapi@{version}"
    serial = uuid.UUID(bytes=hashlib.sha256(lock.encode() + version.encode()).digest()[:16], version=5)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": own,
                "name": "riskapi",
                "version": version,
                "purl": own,
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            }
        },
        "components": parts,
        "dependencies": [{"ref": own, "dependsOn": [part["bom-ref"] for part in parts if part["scope"] == "required"]}],
    }


def main() -> int:
    """Write the bill."""
    parser = argparse.ArgumentParser(description="Write the bill of materials.")
    parser.add_argument("--lock", type=Path, default=ROOT / "requirements.lock")
    parser.add_argument("--output", type=Path, default=ROOT / "build" / "sbom.cdx.json")
    asked = parser.parse_args()
    version = re.search(r'^version = "([^"]+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    service = needed(own_requirements(["postgresql", "oidc"]))
    whole = bill(asked.lock.read_text(encoding="utf-8"), version[1] if version else "0", service)
    asked.output.parent.mkdir(parents=True, exist_ok=True)
    asked.output.write_text(json.dumps(whole, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(whole['components'])} packages: {asked.output}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
