#!/bin/sh
# Installs the packages of uv.lock into .venv: `scripts/setup.sh run` for the bot alone, `dev` with
# the tools for tests and checks, `bench` also with matplotlib for the picture. `comparison` installs
# the systems that bench/comparison measures into .cache/comparison. The script needs Python 3.11 to
# 3.13 and the package index, and installs uv if the machine has none. The Makefile calls it after a
# change of pyproject.toml or uv.lock.
#
# cuBLAS for speech recognition on an NVIDIA GPU (670 MB) stays installed once it is. GPU=auto
# installs it if there is a driver, GPU=1 always; GPU=0 removes it.
set -eu
cd "$(dirname "$0")/.."

tools=.cache/tools
# Only a Python of this machine: uv would download one from outside the index.
export UV_PYTHON_DOWNLOADS=never
export UV_PROJECT_ENVIRONMENT=.venv
unset VIRTUAL_ENV

fail() {
    echo "setup: $*" >&2
    exit 1
}

# The first Python 3.11 to 3.13 on PATH.
find_python() {
    for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
        if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' \
            2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    fail "no Python 3.11, 3.12 or 3.13 found (python3 here: $(python3 -V 2>&1 || true))." \
        "Install one, or name it: make PYTHON=/path/to/python3.12 ..."
}

# uv from PATH, else one that this script installs into .cache/tools.
find_uv() {
    if command -v uv; then
        return
    fi
    if [ ! -x "$tools/bin/uv" ]; then
        "$1" -c 'import venv, ensurepip' 2>/dev/null || fail \
            "$1 cannot make virtual environments: install its venv module" \
            "(Debian, Ubuntu: apt install python3-venv), or install uv."
        echo "setup: no uv on this machine, installing one into $tools" >&2
        "$1" -m venv --clear "$tools" >&2
        "$tools/bin/python" -m pip --quiet --disable-pip-version-check install 'uv>=0.8,<1' >&2 ||
            fail "uv could not be installed from the package index; see pip's message above"
    fi
    echo "$tools/bin/uv"
}

# A proxy with its own certificate authority needs the system's certificates; a slim machine has none
# and needs those of uv.
either_way() {
    "$@" || UV_SYSTEM_CERTS=true UV_NATIVE_TLS=true "$@"
}

# Whether this machine has an NVIDIA driver: its tool, its kernel module, or its library, which
# containers and WSL have.
has_nvidia_driver() {
    nvidia-smi -L >/dev/null 2>&1 || [ -e /proc/driver/nvidia/version ] ||
        [ -e /usr/lib/wsl/lib/libcuda.so.1 ] ||
        { ldconfig -p 2>/dev/null || /sbin/ldconfig -p 2>/dev/null; } | grep -q 'libcuda\.so\.1'
}

# Whether cuBLAS is in .venv.
has_cublas() {
    for folder in .venv/lib/python3.*/site-packages/nvidia/cublas; do
        [ -d "$folder" ] && return
    done
    return 1
}

# The option of uv for the GPU packages, or nothing.
gpu_group() {
    case "${GPU:-keep}" in
        1) wanted=yes ;;
        0) wanted=no ;;
        auto) if has_cublas || has_nvidia_driver; then wanted=yes; else wanted=no; fi ;;
        keep) if has_cublas; then wanted=yes; else wanted=no; fi ;;
        *) fail "GPU=$GPU: it is 1, 0 or auto" ;;
    esac
    if [ "$wanted" = yes ]; then echo "--group gpu"; fi
}

sync() {
    # Before uv runs, because uv may create the environment again.
    gpu=$(gpu_group) || exit 1
    # shellcheck disable=SC2086 # two words or none
    set -- "$@" $gpu
    echo "setup: $* environment in .venv with $("$python" -V)" >&2
    either_way "$uv" sync --quiet --frozen "$@" --python "$python" ||
        fail "the packages of uv.lock could not be installed; see uv's message above"
}

comparison() {
    echo "setup: the compared systems' environment in .cache/comparison with $("$python" -V)" >&2
    "$uv" venv --quiet --clear --python "$python" .cache/comparison
    either_way "$uv" pip install --quiet --python .cache/comparison/bin/python \
        --requirement bench/comparison/requirements.txt ||
        fail "bench/comparison/requirements.txt could not be installed; see uv's message above"
    touch .cache/comparison/.ready
}

python=$(find_python)
uv=$(find_uv "$python")
case "${1:-}" in
    run) sync --no-dev ;;
    dev) sync --dev ;;
    bench) sync --dev --group bench ;;
    comparison) comparison ;;
    *) fail "usage: scripts/setup.sh run|dev|bench|comparison" ;;
esac
