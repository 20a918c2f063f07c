#!/bin/sh
# The service as systemd runs it, sandbox and watchdog included: in the root that clean_root.sh left,
# booted in a container.
#
#     tests/deploy/booted_service.sh FOLDER
#
# Needs root, the Debian package systemd-container, and the port 8765 of this machine.
set -eu
cd "$(dirname "$0")/../.."
folder=$(cd "${1:?the folder of clean_root.sh}" && pwd)
root=$folder/root
[ -d "$root/opt/toeline/releases" ] || { echo "first: tests/deploy/clean_root.sh $folder" >&2; exit 1; }

say() { printf '\n== %s\n' "$*" >&2; }
fail() { printf 'WRONG: %s\n' "$*" >&2; exit 1; }

rm -rf "$root/src/booted"
mkdir -p "$root/src/booted"
git ls-files -z --cached --others --exclude-standard | tar --null --files-from=- --create |
    tar --extract --no-same-owner --directory "$root/src/booted"

say "boot"
systemd-nspawn --directory "$root" --boot --register=no --keep-unit \
    >"$folder/boot.log" 2>&1 </dev/null &
container=$!
leader=""
end() {
    [ -z "$leader" ] || kill -s RTMIN+4 "$leader" 2>/dev/null || true
    wait "$container" || true
}
trap end EXIT
inside() {
    nsenter --target "$leader" --mount --uts --ipc --pid --cgroup -- /usr/bin/env -i \
        PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 "$@"
}
for _ in $(seq 60); do
    leader=$(cat "/proc/$container/task/$container/children" 2>/dev/null | awk '{print $1}')
    if [ -n "$leader" ] && inside systemctl is-system-running --wait >/dev/null 2>&1; then break; fi
    sleep 1
done

proof() { inside /opt/toeline/current/venv/bin/python /opt/toeline/current/deploy/prove.py station "$1"; }
restarts() { inside systemctl show toeline --property NRestarts --value; }

say "install, and start the service without its camera"
inside sh -c 'sed -i "s|^TOELINE_SOURCE=.*|TOELINE_SOURCE=/dev/video7|; s|^TOELINE_ARGS=.*|TOELINE_ARGS=|" \
    /etc/toeline/station.env'
inside sh -c 'cd / && exec /src/booted/deploy/install.sh'
inside systemctl show toeline --property StatusText
[ "$(inside systemctl is-active toeline)" = active ] || fail "it is not active"
inside systemctl is-enabled toeline-purge.timer
inside systemctl start toeline-purge || fail "the purge fails"

say "run a recording in place of a camera"
install -m 0644 edge/capture/demo.mp4 "$root/opt/toeline/demo.mp4"
inside sed -i 's|^TOELINE_SOURCE=.*|TOELINE_SOURCE=/opt/toeline/demo.mp4|; s|^TOELINE_ARGS=.*|TOELINE_ARGS=--loop|' \
    /etc/toeline/station.env
inside systemctl restart toeline
proof 60
sleep 20
[ "$(restarts)" = 0 ] || fail "the watchdog was not put off"

say "killed: it is back"
inside systemctl kill --signal KILL toeline
sleep 1
proof 60
[ "$(restarts)" = 1 ] || fail "it was not started again"

say "held still: the watchdog starts it again"
inside systemctl kill --signal STOP toeline
sleep 20
proof 60
[ "$(restarts)" = 2 ] || fail "the watchdog did nothing"

say "stop: it ends by itself"
inside systemctl stop toeline
[ "$(inside systemctl show toeline --property Result --value)" = success ] || fail "it was killed"
inside journalctl --unit toeline --no-pager --output cat | grep 'systemd\|watchdog\|state\|the station' | tail -n 20 >&2 || true
say "all is as it should be"
