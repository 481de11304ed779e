# shellcheck shell=bash
# What the scripts of this folder share. To be sourced by a script in bash's strict mode.

# The folder of the project, wherever the script is called from.
project=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)

say() { printf '%s\n' "$*"; }

# stop EXIT_CODE TEXT…
stop() {
    local exit_code=$1
    shift
    printf '%s\n' "$*" >&2
    exit "$exit_code"
}

# Puts the Swift toolchain on the PATH if it is at one of its usual places.
find_swift() {
    local folder
    for folder in "" /opt/swift/usr/bin /usr/libexec/swift/bin /usr/libexec/swift/usr/bin \
        "${HOME:-}/.local/share/swiftly/bin"; do
        if [[ -n $folder && -x $folder/swift ]]; then PATH=$folder:$PATH; fi
        if command -v swift >/dev/null; then return; fi
    done
    stop 77 "swift: not found on the PATH or in /opt/swift/usr/bin; install the Swift 6 toolchain" \
        "for this system from https://www.swift.org/install and put its usr/bin on the PATH"
}

# Whether a C program that includes and links what Swift's runtime needs could be built.
has_compiler_files() {
    compgen -G '/usr/lib/gcc/*/*/crtbeginS.o' >/dev/null \
        && compgen -G '/usr/include/c++/*/vector' >/dev/null \
        && [[ -e /usr/include/stdio.h ]]
}

# The Debian packages that are missing for a build, one a line. What counts is what they bring, so
# that libraries from elsewhere, such as a cluster's modules, do as well.
missing_packages() {
    command -v git >/dev/null || say git
    command -v mpirun >/dev/null || say openmpi-bin
    has_compiler_files || say "libc6-dev libgcc-12-dev libstdc++-12-dev"
    if command -v pkg-config >/dev/null; then
        pkg-config --exists ompi-c || say libopenmpi-dev
        pkg-config --exists openblas || say libopenblas-dev
        pkg-config --exists zlib || say zlib1g-dev
    else
        say "pkg-config libopenmpi-dev libopenblas-dev zlib1g-dev"
    fi
}

# install_packages NAME…: with apt-get, as root or through sudo. Does nothing without names.
install_packages() {
    (($# > 0)) || return 0
    local as_root=()
    if ((EUID != 0)); then as_root=(sudo); fi
    if ! command -v apt-get >/dev/null || ! command -v "${as_root[0]:-true}" >/dev/null; then
        stop 77 "missing packages: $*; install them as root, on Debian with: apt-get install $*"
    fi
    say "Installing with apt-get: $*"
    # Update first, since a fresh image has no lists; a stale mirror need not be fatal.
    "${as_root[@]}" apt-get update -qq || say "apt-get update failed; trying with the old lists"
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -qq -y --no-install-recommends "$@" </dev/null >/dev/null \
        || stop 77 "apt-get could not install: $*"
}

# Everything that a build needs: the toolchain and the libraries.
prepare_build() {
    local packages
    find_swift
    packages=$(missing_packages)
    # Words on purpose: a line may name several packages.
    # shellcheck disable=SC2086
    install_packages $packages
}

# Settings of the environment for a run on this machine.
prepare_run() {
    local name
    for name in OPENBLAS_CORETYPE OPENBLAS_L2_SIZE; do
        if [[ -n ${!name:-} ]]; then
            say "Ignoring $name=${!name}: OpenBLAS is to choose its kernels by the processor."
            unset "$name"
        fi
    done
    if ((EUID == 0)); then
        export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
    fi
    # Containers usually forbid reading another process's memory.
    if [[ -e /.dockerenv || -e /run/.containerenv ]]; then
        export OMPI_MCA_btl_vader_single_copy_mechanism=none
    fi
}

# The number of cores that this process may use: hardware threads of one core count once.
core_count() {
    local cores allowed
    cores=$(lscpu --parse=CORE,SOCKET 2>/dev/null | grep -v '^#' | sort -u | wc -l)
    allowed=$(nproc)
    if ((cores < 1 || cores > allowed)); then cores=$allowed; fi
    say "$cores"
}

# What `swift build` gets; a script may add to it.
build_options=(--package-path "$project" -c release)

# Builds the program.
build_release() {
    say "Building distrain; the first time takes some minutes."
    swift build "${build_options[@]}" --product distrain
}

# Where the program is after build_release.
built_program() { say "$(swift build "${build_options[@]}" --show-bin-path)/distrain"; }
