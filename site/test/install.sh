#!/usr/bin/env bash
# Brings what the browser tests need: three browser engines, a CJK font, the npm packages of the lock file.
# Prints nothing and takes under a second when all of it is there. With CI=true a missing browser is a failure.
set -euo pipefail
cd "$(dirname "$0")"

packages=(chromium firefox-esr webkit2gtk-driver libwebkit2gtk-4.1-0 xvfb xauth openbox fonts-noto-cjk)

# Failures are told on stderr and remembered: the npm packages are still worth having without a browser.
failed=0
complain() { printf '\n!! %s\n\n' "$*" >&2; failed=1; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else echo "neither root nor sudo: cannot run $*" >&2; return 1; fi
}
installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

missing=()
if command -v dpkg-query >/dev/null; then
  for p in "${packages[@]}"; do installed "$p" || missing+=("$p"); done
else
  complain "this is no Debian: install a Chromium, a Firefox ESR, WebKitGTK's WebKitWebDriver and MiniBrowser, Xvfb and openbox by hand"
fi
if [ "${#missing[@]}" -gt 0 ]; then
  echo "installing ${missing[*]}"
  apt=(apt-get -qq -y -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
  log=$(mktemp)
  if as_root "${apt[@]}" update >"$log" 2>&1 &&
     as_root env DEBIAN_FRONTEND=noninteractive "${apt[@]}" install --no-install-recommends "${missing[@]}" >>"$log" 2>&1
  then rm -f "$log"
  else tail -n 20 "$log" >&2; rm -f "$log"; complain "could not install: ${missing[*]}"; fi
fi

# node_modules is current when it was installed from this very lock file by this Node release line.
stamp=node_modules/.installed-from
want="$(sha256sum package.json package-lock.json | sha256sum | cut -c1-64) node $(node -p 'process.versions.modules')"
if [ "$(cat "$stamp" 2>/dev/null || true)" != "$want" ]; then
  log=$(mktemp)
  if npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >"$log" 2>&1
  then rm -f "$log"; echo "$want" >"$stamp"
  else tail -n 20 "$log" >&2; rm -f "$log"; complain "npm ci failed"; exit 1; fi
fi

if [ "$failed" = 1 ]; then
  echo "the suites of an engine that is not installed are skipped here and fail in CI" >&2
  [ "${CI:-}" != true ] || exit 1
fi
