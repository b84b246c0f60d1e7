#!/usr/bin/env bash
# Installs what some tests need from the system and is not there: a PostgreSQL server, a browser, LibreOffice, Java.
# Where it may not (no apt-get, no root), it says what is missing; those tests then say why they were skipped.
set -euo pipefail

missing=()
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null || missing+=(postgresql)
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || missing+=(chromium)
command -v soffice >/dev/null || command -v libreoffice >/dev/null || missing+=(libreoffice-calc)
command -v java >/dev/null || missing+=(default-jre-headless)
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" = 0 ]; then as_root=(env)
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then as_root=(sudo -n env)
else as_root=()
fi
if [ ${#as_root[@]} -eq 0 ] || ! command -v apt-get >/dev/null; then
  echo "Some tests will be skipped. They need: ${missing[*]} (on Debian: apt-get install ${missing[*]})" >&2
  exit 0
fi
echo "Installing for the tests: ${missing[*]}" >&2
install=("${as_root[@]}" DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet --quiet --no-install-recommends "${missing[@]}")
"${install[@]}" >/dev/null 2>&1 || { "${as_root[@]}" apt-get update --quiet --quiet && "${install[@]}" >/dev/null; } ||
  echo "They could not be installed; tests that need them will be skipped." >&2
