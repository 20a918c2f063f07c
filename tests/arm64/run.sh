#!/bin/sh
# Toeline in a Debian bookworm arm64 userland, with the aarch64 wheels of the lock, on a machine
# that is something else:
#
#     tests/arm64/run.sh FOLDER [PYTEST ARGUMENTS]
#
# Installs with `make install-dev`, pulls and converts the model, compares keypoints with this
# machine's own, and runs the tests of the rooms. The processor is an emulated Cortex-A72, as in a
# Raspberry Pi 4: an instruction that it lacks ends the run. How long anything takes here says
# nothing about a board.
#
# Needs root and the Debian packages arch-test, mmdebstrap and qemu-user-static.
set -eu
cd "$(dirname "$0")/../.."
folder=${1:?a folder to work in}
shift
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
root=$folder/root
shared=$(cd "${TOELINE_SHARED:-../shared}" && pwd)
certificates=${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}

say() { printf '\n== %s\n' "$*" >&2; }

# The private mounts below must not outlive this script, nor be seen outside it.
if [ "${TOELINE_ARM64_PRIVATE:-}" != 1 ]; then
    TOELINE_ARM64_PRIVATE=1 exec unshare --mount --propagation private "$0" "$folder" "$@"
fi

binfmt=/proc/sys/fs/binfmt_misc
[ -e $binfmt/status ] || mount -t binfmt_misc none $binfmt
[ -e $binfmt/qemu-aarch64 ] || /usr/lib/systemd/systemd-binfmt qemu-aarch64.conf

if [ ! -e "$root/.made" ]; then
    say "Debian bookworm arm64"
    rm -rf "$root"
    mmdebstrap --quiet --architectures=arm64 --variant=minbase \
        --include=ca-certificates,make,python3-venv,libglib2.0-0 bookworm "$root"
    touch "$root/.made"
fi
cp /etc/resolv.conf "$root/etc/resolv.conf"
cp "$certificates" "$root/etc/ssl/certs/ca-certificates.crt"

say "the wheels of the lock for aarch64"
platforms=""
for minor in 17 24 26 27 28 31 34 35 36; do
    platforms="$platforms --platform manylinux_2_${minor}_aarch64"
done
# shellcheck disable=SC2086 # a list of words
python3 -m pip download --quiet --disable-pip-version-check --require-hashes --no-deps \
    --only-binary=:all: --python-version 3.11 --implementation cp --abi cp311 --abi abi3 --abi none \
    --platform manylinux2014_aarch64 $platforms --platform any \
    -r tests/requirements.lock --dest "$folder/wheels" 2>"$folder/download.log" ||
    { cat "$folder/download.log" >&2; exit 1; }

say "the checkout"
rm -rf "$root/opt/toeline.new"
mkdir -p "$root/opt/toeline.new" "$root/opt/toeline" "$root/shared" "$root/wheels" "$root/results"
git ls-files -z --cached --others --exclude-standard | tar --null --files-from=- --create |
    tar --extract --no-same-owner --directory "$root/opt/toeline.new"
# What was installed before stays, so that a second run is a short one.
[ ! -d "$root/opt/toeline/.venv" ] || mv "$root/opt/toeline/.venv" "$root/opt/toeline.new/"
rm -rf "$root/opt/toeline"
mv "$root/opt/toeline.new" "$root/opt/toeline"

mount --bind /proc "$root/proc"
mount --bind /dev "$root/dev"
mount --bind "$shared" "$root/shared"
mount --bind "$folder/wheels" "$root/wheels"
mount --bind tests/arm64/cpuinfo "$root/proc/cpuinfo"

inside() {
    chroot "$root" /usr/bin/env -i PATH=/usr/bin:/bin HOME=/root LANG=C.UTF-8 QEMU_CPU=cortex-a72 \
        TOELINE_SHARED=/shared TOELINE_MODELS=/var/cache/toeline/models PIP_NO_COMPILE=1 \
        "$@"
}

say "make install-dev, on $(inside uname -m)"
inside PIP_NO_INDEX=1 PIP_FIND_LINKS=/wheels make -C /opt/toeline install-dev

say "the model, pulled and converted"
inside PIP_DEFAULT_TIMEOUT=180 /opt/toeline/.venv/bin/toeline models pull
inside /opt/toeline/.venv/bin/toeline models verify

say "keypoints there and here"
there=/opt/toeline/tests/arm64/keypoints.py
here=tests/arm64/keypoints.py
.venv/bin/python $here pictures "$root/results/pictures.npz"
inside /opt/toeline/.venv/bin/python $there pose /results/pictures.npz /results/there.npz
.venv/bin/python $here pose "$root/results/pictures.npz" "$root/results/here.npz"
.venv/bin/python $here compare "$root/results/there.npz" "$root/results/here.npz"

say "the tests of the rooms"
# Those that run the networks over whole clips would take hours here; the keypoints stand for them.
pose="detector estimator graph_cache landmarks providers region session sizes"
# shellcheck disable=SC2046,SC2086 # lists of words
[ $# -gt 0 ] || set -- tests/gait tests/metrics tests/identity tests/coaching tests/load \
    $(printf 'tests/pose/test_pose_%s.py ' $pose) tests/numerics/test_sagittal.py tests/messages/test_messages.py \
    tests/settings/test_settings.py tests/test_pipeline.py tests/station/test_board.py tests/station/test_vitals.py
inside sh -c 'cd /opt/toeline && exec .venv/bin/python -m pytest -q -p no:cacheprovider \
    --timeout 3000 "$@"' sh "$@"
