#!/bin/sh
# Installs, updates and rolls back a Toeline station: Raspberry Pi OS bookworm (64-bit), Debian 12
# or newer, Jetson with JetPack 6 or 7. Run as root from a checkout or an unpacked release:
#
#     deploy/install.sh [install] [--kiosk] [--models-from DIR]
#     deploy/install.sh rollback      return to the previous release; repeat to undo
#     deploy/install.sh status        list the installed releases and the current one
#
# Each release has its own folder under /opt/toeline/releases; `current` points at the one in use. A
# release is tested on the bundled clip before the switch, and the service after it; on failure the
# switch is undone. Recordings (/var/lib/toeline) and settings (/etc/toeline) are never touched.
# Reinstalling the same release changes nothing. Offline: PIP_NO_INDEX=1 PIP_FIND_LINKS=DIR,
# --models-from DIR.
set -eu

home=/opt/toeline
settings=/etc/toeline
cache=/var/cache/toeline
units=/etc/systemd/system
user=toeline
keep=3
checkout=$(cd "$(dirname "$0")/.." && pwd)

say() { printf 'toeline: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

systemd_runs() { [ -d /run/systemd/system ]; }

as_user() { setpriv --reuid "$user" --regid "$user" --init-groups -- env HOME=/nonexistent "$@"; }

# The name of the release that a link points at; nothing if there is none.
pointed() { [ ! -L "$home/$1" ] || basename "$(readlink "$home/$1")"; }

# One atomic rename, so that there is always a current release.
point() {
    ln -sfn "releases/$2" "$home/.$1"
    mv -T "$home/.$1" "$home/$1"
}

find_python() {
    for name in ${PYTHON:-} python3.13 python3.12 python3.11 python3; do
        if command -v "$name" >/dev/null &&
            "$name" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    fail "no Python 3.11 or newer with venv; on JetPack 6: apt-get install python3.11 python3.11-venv"
}

install_packages() {
    command -v apt-get >/dev/null || return 0
    # Each line: how to tell that a package is missing, and its name.
    wanted=""
    command -v adduser >/dev/null || wanted="$wanted adduser"
    command -v setpriv >/dev/null || wanted="$wanted util-linux"
    python3 -c 'import ensurepip, venv' 2>/dev/null || wanted="$wanted python3-venv"
    if [ "$kiosk" = yes ]; then
        command -v cage >/dev/null || wanted="$wanted cage"
        command -v chromium >/dev/null || wanted="$wanted chromium"
    fi
    [ -n "$wanted" ] || return 0
    say "installing$wanted"
    apt-get update -qq
    # shellcheck disable=SC2086 # a list of words
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $wanted >/dev/null
}

add_user() {
    getent passwd "$1" >/dev/null ||
        adduser --quiet --system --group --no-create-home --home /nonexistent "$1"
}

# Version and content hash: two different checkouts of one version are two releases.
release_name() {
    version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$checkout/pyproject.toml" | head -n 1)
    content=$(cd "$checkout" && find edge models web_display deploy pyproject.toml requirements.lock \
        -type f ! -path '*/__pycache__/*' ! -path 'models/training/*' -print0 | sort -z |
        xargs -0 sha256sum | sha256sum | cut -c 1-12)
    echo "$version-$content"
}

build_release() {
    release=$home/releases/$1
    [ ! -e "$release/.complete" ] || return 0
    say "building release $1"
    # Discard what an interrupted run left behind.
    rm -rf "$release"
    mkdir -p "$release"
    # The Pi's camera library is only available as a system package.
    site=""
    if "$python" -c 'import picamera2' 2>/dev/null; then site=--system-site-packages; fi
    # shellcheck disable=SC2086 # nothing, or one word
    "$python" -m venv $site "$release/venv"
    "$release/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-compile \
        --require-hashes -r "$checkout/requirements.lock"
    # Build from a copy: the checkout may belong to another user and must not be written to.
    mkdir "$release/source"
    (cd "$checkout" && tar --create --exclude=__pycache__ --exclude=models/training edge models \
        web_display pyproject.toml README.md LICENSE) | tar --extract --directory "$release/source"
    "$release/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps \
        --no-build-isolation "$release/source"
    cp -R "$checkout/deploy" "$release/deploy"
    models=$cache/models-$(sha256sum "$checkout/models/manifest.toml" | cut -c 1-12)
    echo "TOELINE_MODELS=$models" >"$release/release.env"
    rm -rf "$release/source"
    "$release/venv/bin/python" -m compileall -q "$release/venv/lib" >/dev/null || true
    touch "$release/.complete"
}

pull_models() {
    models=$(sed -n 's/^TOELINE_MODELS=//p' "$home/releases/$1/release.env")
    install -d -o "$user" -g "$user" "$cache" "$models"
    # pip caches in the home directory, which this user does not have.
    as_user TOELINE_MODELS="$models" PIP_NO_CACHE_DIR=1 "$home/releases/$1/venv/bin/toeline" \
        models pull ${models_from:+--from "$models_from"} >/dev/null
}

prove_release() {
    models=$(sed -n 's/^TOELINE_MODELS=//p' "$home/releases/$1/release.env")
    say "testing release $1 on the bundled clip"
    as_user TOELINE_MODELS="$models" "$home/releases/$1/venv/bin/python" \
        "$home/releases/$1/deploy/prove.py" release 180 >/dev/null 2>"$home/prove.log" || {
        tail -n 5 "$home/prove.log" >&2
        return 1
    }
}

write_settings() {
    mkdir -p "$settings"
    [ -e "$settings/station.env" ] || cat >"$settings/station.env" <<'STATION'
# Arguments of the service. After a change: systemctl restart toeline
# Camera number, /dev/v4l/by-id/..., rtsp://..., picamera or gst:PIPELINE
TOELINE_SOURCE=0
# Further arguments of `toeline run`
TOELINE_ARGS=
STATION
    [ -e "$settings/toeline.toml" ] || cat >"$settings/toeline.toml" <<'SETTINGS'
# Settings of the station. `toeline config show` lists them all, docs/settings.md explains them, and
# `toeline config check` checks this file after a change. For example:
# [gait]
# belt_speed_mps = 3.0
SETTINGS
    # An address may contain the camera's password.
    chown root:"$user" "$settings/station.env" "$settings/toeline.toml"
    chmod 0640 "$settings/station.env" "$settings/toeline.toml"
}

write_units() {
    deploy=$home/releases/$1/deploy
    install -D -m 0644 "$deploy/toeline.service" "$units/toeline.service"
    if [ -e /proc/device-tree/model ] || [ -d /sys/class/video4linux ]; then
        board=$(tr -d '\0' </proc/device-tree/model 2>/dev/null || true)
        case $board in
        *Raspberry*) install -D -m 0644 "$deploy/pi.conf" "$units/toeline.service.d/board.conf" ;;
        *NVIDIA* | *Jetson*)
            install -D -m 0644 "$deploy/jetson.conf" "$units/toeline.service.d/board.conf"
            ;;
        esac
    fi
    [ "$kiosk" != yes ] ||
        install -D -m 0644 "$deploy/toeline-kiosk.service" "$units/toeline-kiosk.service"
    for unit in toeline-purge.timer toeline-purge.service; do
        if [ -e "$deploy/$unit" ]; then
            install -D -m 0644 "$deploy/$unit" "$units/$unit"
        elif [ -e "$units/$unit" ]; then
            # After a rollback, a unit that the older release lacks must not run it.
            if systemd_runs; then systemctl disable --quiet --now "$unit" || true; fi
            rm -f "$units/$unit"
        fi
    done
    ln -sf "$home/current/venv/bin/toeline" /usr/local/bin/toeline
}

start_service() {
    systemd_runs || {
        say "systemd is not running, so the service is not started"
        return 0
    }
    systemctl daemon-reload
    systemctl enable --quiet toeline
    systemctl restart toeline || return 1
    "$home/current/venv/bin/python" "$home/current/deploy/prove.py" station 180 || return 1
    if [ -e "$units/toeline-purge.timer" ]; then
        systemctl enable --quiet --now toeline-purge.timer || return 1
    fi
    [ "$kiosk" != yes ] || systemctl enable --quiet --now toeline-kiosk
}

# Make a release the current one; keep the previous one for a rollback.
switch() {
    before=$(pointed current)
    if [ "$before" != "$1" ]; then
        [ -z "$before" ] || point previous "$before"
        point current "$1"
    fi
    write_units "$1"
    if start_service; then
        say "release $1 is in use"
        return 0
    fi
    if [ -z "$before" ] || [ "$before" = "$1" ]; then
        fail "release $1 does not run; see: journalctl -u toeline"
    fi
    say "release $1 does not run; returning to $before"
    point current "$before"
    write_units "$before"
    start_service || fail "$before does not run either; see: journalctl -u toeline"
    exit 1
}

prune() {
    # shellcheck disable=SC2012 # names are ours: versions and hexadecimal digits
    ls -1t "$home/releases" | tail -n +$((keep + 1)) | while read -r name; do
        case $name in "$(pointed current)" | "$(pointed previous)") continue ;; esac
        say "removing release $name"
        rm -rf "${home:?}/releases/$name"
    done
}

install_release() {
    case $(uname -m) in
    aarch64 | x86_64) ;;
    *) fail "a 64-bit system is needed, this is $(uname -m); Raspberry Pi OS has a 64-bit version" ;;
    esac
    install_packages
    python=$(find_python)
    add_user "$user"
    [ "$kiosk" != yes ] || add_user toeline-kiosk
    name=$(release_name)
    mkdir -p "$home/releases"
    build_release "$name"
    pull_models "$name"
    write_settings
    if [ "$(pointed current)" != "$name" ]; then
        prove_release "$name" || {
            # Remove it, so that it cannot be rolled back to or push out a working release.
            rm -rf "${home:?}/releases/$name"
            fail "release $name does not work here; the current release stays in use"
        }
    fi
    switch "$name"
    prune
}

rollback() {
    to=$(pointed previous)
    if [ -z "$to" ] || [ ! -e "$home/releases/$to/.complete" ]; then
        fail "there is no previous release to return to"
    fi
    switch "$to"
}

status() {
    [ -d "$home/releases" ] || fail "nothing is installed"
    for path in "$home"/releases/*/.complete; do
        name=$(basename "$(dirname "$path")")
        mark=""
        [ "$name" != "$(pointed current)" ] || mark=" current"
        [ "$name" != "$(pointed previous)" ] || mark=" previous"
        echo "$name$mark"
    done
}

[ "$(id -u)" = 0 ] || fail "run this as root"
what=install
case ${1:-} in install | rollback | status)
    what=$1
    shift
    ;;
esac
models_from=""
# Once installed, the kiosk stays.
kiosk=no
[ ! -e "$units/toeline-kiosk.service" ] || kiosk=yes
while [ $# -gt 0 ]; do
    case $1 in
    --kiosk) kiosk=yes ;;
    --models-from)
        models_from=$(cd "${2:?a folder}" && pwd)
        shift
        ;;
    *) fail "unknown argument $1; see the top of this file" ;;
    esac
    shift
done
# Allow only one installation at a time.
if [ "$what" != status ]; then
    mkdir -p "$home"
    exec 9>"$home/.lock"
    flock -n 9 || fail "another installation is running"
fi
case $what in
install) install_release ;;
rollback) rollback ;;
status) status ;;
esac
