# Sourced by run.sh and test.sh: installs what is missing on Debian 12 and builds. Idempotent; quick the second time.
plumbline_packages=(g++ cmake ninja-build ccache pkg-config git
  libtorch-dev libopenblas0-openmp
  qt6-base-dev qt6-base-dev-tools qt6-tools-dev qt6-tools-dev-tools qt6-l10n-tools qt6-svg-dev libqt6sql6-sqlite
  libgl1-mesa-dev libqcustomplot-dev libopencv-dev nlohmann-json3-dev libcli11-dev libsqlite3-dev zlib1g-dev
  fonts-dejavu-core)

plumbline_install() {
  local missing=()
  for package in "${plumbline_packages[@]}"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  local root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "missing packages, and neither root nor sudo to install them: ${missing[*]}" >&2; exit 1; }
    root=(sudo)
  fi
  echo "installing ${missing[*]}" >&2
  "${root[@]}" apt-get update -qq
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
}

# plumbline_build TARGET...: builds the release preset.
plumbline_build() {
  plumbline_install
  [ -f build/release/build.ninja ] || cmake --preset release >&2
  cmake --build build/release --target "$@" -- --quiet >&2
}
