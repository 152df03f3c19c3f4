# lib.sh - what tools/run and tools/test share: packages and builds. Sourced, not run.
# SPDX-License-Identifier: Apache-2.0

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
jobs=$(nproc)

# Debian packages that building and running need, those of the tests, and those of --all.
packages_build=(gcc g++ cmake ninja-build pkg-config ccache libcurl4-openssl-dev libssl-dev
  libjq-dev libonig-dev liblua5.4-dev libyaml-dev libsqlite3-dev zlib1g-dev libcmocka-dev
  libsimdjson-dev python3 python3-aiohttp python3-jwcrypto python3-yaml python3-jsonschema
  ca-certificates openssl)
packages_test=(git procps jq)
packages_all=(clang libclang-rt-14-dev valgrind)

say() { printf '%s\n' "$*" >&2; }

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    say "these need root, and there is no sudo here: $*"
    return 1
  fi
}

# need_packages NAME...: installs what is missing, and only then asks the package index.
need_packages() {
  local missing=() name
  for name in "$@"; do
    dpkg-query -W -f '${Status}\n' "$name" 2>/dev/null | grep -q 'install ok installed' || missing+=("$name")
  done
  [ ${#missing[@]} = 0 ] && return 0
  say "installing Debian packages: ${missing[*]}"
  as_root apt-get update -qq || return 1
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    "${missing[@]}" >/dev/null || return 1
}

# build PRESET: configures and builds; prints only when something goes wrong.
build() {
  local log
  log=$(mktemp)
  if ! (cd "$top" && cmake --preset "$1" && cmake --build --preset "$1" -j "$jobs") >"$log" 2>&1; then
    grep -E 'error|FAILED|warning:' -A6 "$log" >&2 || tail -n 40 "$log" >&2
    rm -f "$log"
    say "the build '$1' failed"
    return 1
  fi
  rm -f "$log"
}
