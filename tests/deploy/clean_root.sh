#!/bin/sh
# deploy/install.sh in a clean Debian bookworm root: installed twice, upgraded, refused, rolled back.
#
#     tests/deploy/clean_root.sh FOLDER
#
# Needs root, mmdebstrap and the package index. No systemd runs in the root: what the service manager
# is to start is proved by running it, and the units are checked with systemd-analyze.
set -eu
cd "$(dirname "$0")/../.."
folder=${1:?a folder to work in}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
root=$folder/root
certificates=${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}

say() { printf '\n== %s\n' "$*" >&2; }
fail() { printf 'WRONG: %s\n' "$*" >&2; exit 1; }

# The private mounts below must not outlive this script, nor be seen outside it.
if [ "${TOELINE_ROOT_PRIVATE:-}" != 1 ]; then
    TOELINE_ROOT_PRIVATE=1 exec unshare --mount --propagation private "$0" "$folder"
fi

if [ ! -e "$folder/base.tar" ]; then
    say "Debian bookworm"
    mmdebstrap --quiet --variant=minbase --include=ca-certificates,systemd bookworm "$folder/base.tar"
fi
rm -rf "$root"
mkdir -p "$root"
tar --extract --file "$folder/base.tar" --directory "$root"
cp /etc/resolv.conf "$root/etc/resolv.conf"
cp "$certificates" "$root/etc/ssl/certs/ca-certificates.crt"
mount --bind /proc "$root/proc"
mount --rbind /dev "$root/dev"
mkdir -p "$folder/pip" "$root/root/.cache/pip"
mount --bind "$folder/pip" "$root/root/.cache/pip"

# What a user would have unpacked: one release, the next one, and one that does not work.
for name in one two broken; do
    mkdir -p "$root/src/$name"
    git ls-files -z --cached --others --exclude-standard | tar --null --files-from=- --create |
        tar --extract --no-same-owner --directory "$root/src/$name"
done
sed -i 's/^version = .*/version = "7.8.9"/' "$root/src/two/pyproject.toml"
sed -i 's/^version = .*/version = "9.9.9"/' "$root/src/broken/pyproject.toml"
echo 'raise RuntimeError("this release does not work")' >>"$root/src/broken/edge/station/loop.py"

inside() {
    chroot "$root" /usr/bin/env -i PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
        PIP_DEFAULT_TIMEOUT=180 "$@"
}
version() { inside toeline --version; }
expect() {
    [ "$(version)" = "toeline $1" ] || fail "$(version) runs, $1 should"
    echo "toeline $1 runs; $(inside /src/one/deploy/install.sh status | tr '\n' ' ')" >&2
}
kept() {
    [ "$(inside cat /var/lib/toeline/sessions/a/strides.csv)" = "a stride" ] || fail "data are lost"
    inside grep -q '^TOELINE_SOURCE=/dev/video7$' /etc/toeline/station.env || fail "settings are lost"
}
ours=$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)

say "install"
inside /src/one/deploy/install.sh
expect "$ours"
inside install -d -o toeline -g toeline /var/lib/toeline/sessions/a
inside sh -c 'echo "a stride" > /var/lib/toeline/sessions/a/strides.csv'
inside sed -i 's|^TOELINE_SOURCE=.*|TOELINE_SOURCE=/dev/video7|' /etc/toeline/station.env

say "the same again"
made=$(stat -c %Y "$root"/opt/toeline/releases/*/.complete)
inside /src/one/deploy/install.sh
[ "$(stat -c %Y "$root"/opt/toeline/releases/*/.complete)" = "$made" ] || fail "it was built again"
[ "$(inside /src/one/deploy/install.sh status | wc -l)" = 1 ] || fail "there is more than one release"
expect "$ours"
kept

say "upgrade"
inside /src/two/deploy/install.sh
expect 7.8.9
kept

say "a release that does not work is refused"
if inside /src/broken/deploy/install.sh; then fail "it was taken"; fi
[ "$(inside /src/one/deploy/install.sh status | wc -l)" = 2 ] || fail "it was kept"
expect 7.8.9
kept

say "roll back, and forward again"
inside /src/two/deploy/install.sh rollback
expect "$ours"
kept
inside /src/two/deploy/install.sh rollback
expect 7.8.9
kept

say "an interrupted installation is made good"
release=$(inside readlink -f /opt/toeline/current)
inside rm -f "$release/.complete"
inside rm -rf "$release/venv/lib/python3.11/site-packages/numpy"
inside /src/two/deploy/install.sh
expect 7.8.9
kept

say "the units"
inside systemd-analyze verify toeline.service toeline-purge.timer
inside systemd-analyze security --offline=true toeline.service | tail -n 1
say "all is as it should be"
