#!/bin/sh
# Installs pocketmesh on Raspberry Pi OS or Debian (bookworm, trixie; 32 and 64 bit), then runs `pocketmesh setup`.
#
#   sudo sh install.sh [--wheels DIR] [--no-setup] [arguments of pocketmesh setup]
#
# Run from a checkout it installs that; else what the package index has. With --wheels, or a folder "wheels" beside it as `pocketmesh handover` writes one, nothing is fetched: pocketmesh
# and what it needs are taken from there. PyNaCl comes from Debian, because there is no wheel of it for 32-bit ARM.
set -eu

TARGET=/opt/pocketmesh
SOURCE=pocketmesh
checkout="$(dirname "$0")/../../.."
[ -f "$checkout/pyproject.toml" ] && [ -d "$checkout/handheld" ] && SOURCE="$checkout"
PACKAGES="python3-venv python3-nacl python3-cffi python3-serial"
wheels=""
setup=yes
[ -d "$(dirname "$0")/wheels" ] && wheels="$(dirname "$0")/wheels"

while [ $# -gt 0 ]; do
    case "$1" in
        --wheels) wheels="$2"; shift 2 ;;
        --no-setup) setup=no; shift ;;
        *) break ;;
    esac
done

if [ "$(id -u)" -ne 0 ]; then
    echo "install.sh: only root may install. Say: sudo sh $0" >&2
    exit 3
fi
if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "install.sh: pocketmesh needs Python 3.11 or newer: Raspberry Pi OS bookworm or later." >&2
    exit 3
fi

# What has a wheel for this machine is not asked of Debian. The kernel may have 64 bits where Python has 32, so both are
# asked. cffi, because PyNaCl says that it needs it, and pip would look for it.
FITS='
import os, struct, sys
folder, wanted = sys.argv[1:]
machine = os.uname().machine
if struct.calcsize("P") == 4:
    machine = {"x86_64": "i686", "aarch64": "armv7l", "armv8l": "armv7l"}.get(machine, machine)
ours = "cp%d%d" % sys.version_info[:2]
def fits(name):
    python, abi, platforms = name.lower()[:-len(".whl")].split("-")[-3:]
    speaks = {ours, "py3"} & set(python.split(".")) or abi == "abi3"
    return speaks and any(each == "any" or each.endswith("_" + machine) for each in platforms.split("."))
found = [each for each in os.listdir(folder) if each.endswith(".whl") and each.lower().startswith(wanted + "-")]
sys.exit(not any(fits(each) for each in found))
'
has_wheel() { [ -n "$wheels" ] && python3 -c "$FITS" "$wheels" "$1"; }
install_debs() {
    set --
    for deb in "$wheels"/*_"$arch".deb "$wheels"/*_all.deb; do
        [ ! -e "$deb" ] || set -- "$@" "$deb"
    done
    dpkg -i "$@"
}
modules="ensurepip"
has_wheel pynacl || modules="$modules, nacl"
has_wheel cffi || modules="$modules, cffi"
has_wheel pyserial || modules="$modules, serial"
if ! python3 -c "import $modules" 2>/dev/null; then
    arch="$(dpkg --print-architecture || true)"
    if [ -n "$wheels" ] && ls "$wheels"/*_"$arch".deb >/dev/null 2>&1; then
        install_debs
    elif [ -n "$wheels" ]; then
        echo "install.sh: this machine lacks one of $PACKAGES, and $wheels has no Debian packages for $arch." >&2
        exit 3
    else
        apt-get install -y --no-install-recommends $PACKAGES
    fi
fi

# Draws photos; everything else works without it. A stick does not have it.
if ! python3 -c "import PIL" 2>/dev/null; then
    [ -z "$wheels" ] && apt-get install -y --no-install-recommends python3-pil || echo "install.sh: photos are not drawn until you say: sudo apt install python3-pil" >&2
fi

python3 -m venv --system-site-packages "$TARGET"
if [ -n "$wheels" ]; then
    "$TARGET/bin/pip" install --quiet --upgrade --no-index --find-links "$wheels" pocketmesh
else
    "$TARGET/bin/pip" install --quiet --upgrade "$SOURCE"
fi
# Compiled now: a Zero would compile for half a minute at the first start, as a user who may not keep the result.
"$TARGET/bin/python" -m compileall -q "$TARGET"/lib/python3*/site-packages/handheld "$TARGET"/lib/python3*/site-packages/tui || true
ln -sf "$TARGET/bin/pocketmesh" /usr/local/bin/pocketmesh
pocketmesh --version

if [ "$setup" = yes ]; then
    exec pocketmesh setup "$@"
fi
