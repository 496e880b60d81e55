#!/bin/sh
# Make .venv what uv.lock says: `scripts/setup.sh run` for the bot alone, `dev` with the tools to
# test and check it, `bench` with what draws the benchmarks' picture besides. `comparison` makes
# .cache/comparison, the environment of the systems that bench/comparison compares the bot with. Needs
# Python 3.11 to 3.13 and the package index; brings its own uv where the machine has none. The
# Makefile calls it when pyproject.toml or uv.lock has changed.
#
# What speech recognition needs on an NVIDIA GPU (670 MB) is kept where it is installed. GPU=auto
# installs it where there is a driver, GPU=1 in any case; GPU=0 takes it out.
set -eu
cd "$(dirname "$0")/.."

tools=.cache/tools
# The Python must be the machine's own: a downloaded one would come from outside the index.
export UV_PYTHON_DOWNLOADS=never
export UV_PROJECT_ENVIRONMENT=.venv
unset VIRTUAL_ENV

fail() {
    echo "setup: $*" >&2
    exit 1
}

# The first Python on PATH that is new enough and not too new.
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

# uv from PATH, or one of our own in a virtual environment beside the project.
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
            fail "uv could not be installed from the package index; see pip's words above"
    fi
    echo "$tools/bin/uv"
}

# Behind a proxy that signs for itself only the system's certificates will do; on a slim machine,
# which has none, only uv's own.
either_way() {
    "$@" || UV_SYSTEM_CERTS=true UV_NATIVE_TLS=true "$@"
}

# Whether this machine has NVIDIA's driver: its tool, its kernel module, or the library that it puts
# into containers and into WSL.
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

# The option that has uv install what a GPU needs, or nothing.
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
    # Asked before uv runs, which may make the environment again from nothing.
    gpu=$(gpu_group) || exit 1
    # shellcheck disable=SC2086 # two words or none
    set -- "$@" $gpu
    echo "setup: $* environment in .venv with $("$python" -V)" >&2
    either_way "$uv" sync --quiet --frozen "$@" --python "$python" ||
        fail "the packages of uv.lock could not be installed; see uv's words above"
}

rivals() {
    echo "setup: the rivals' environment in .cache/comparison with $("$python" -V)" >&2
    "$uv" venv --quiet --clear --python "$python" .cache/comparison
    either_way "$uv" pip install --quiet --python .cache/comparison/bin/python \
        --requirement bench/comparison/requirements.txt ||
        fail "bench/comparison/requirements.txt could not be installed; see uv's words above"
    touch .cache/comparison/.ready
}

python=$(find_python)
uv=$(find_uv "$python")
case "${1:-}" in
    run) sync --no-dev ;;
    dev) sync --dev ;;
    bench) sync --dev --group bench ;;
    comparison) rivals ;;
    *) fail "usage: scripts/setup.sh run|dev|bench|comparison" ;;
esac
