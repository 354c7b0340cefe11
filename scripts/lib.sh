# shellcheck shell=bash
# Small pieces that the scripts share. Source it after changing to the repository's root.

say() { printf '→ %s\n' "$*" >&2; }
fail() { printf '✗ %s\n' "$*" >&2; exit 1; }

# The comment at the top of a script is its help.
print_help() { sed -n '2,/^[^#]/{/^#/!d; s/^# \{0,1\}//; p;}' "$1"; }

# Installs packages of the distribution, or says what is missing and stops.
install_packages() {
    local as_root=()
    command -v apt-get >/dev/null || fail "Please install what stands for Debian's $* on this system, then start again."
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null || { ! sudo -n true 2>/dev/null && [ ! -t 0 ]; }; then
            fail "Missing: $*. Neither root nor sudo here; please have it installed: apt-get install $*"
        fi
        as_root=(sudo)
    fi
    say "installing $* from the distribution"
    if ! "${as_root[@]}" apt-get update -qq || ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq -o Dpkg::Use-Pty=0 --no-install-recommends "$@" >&2; then
        fail "The packages could not be installed: $*"
    fi
}

# Where there is room in memory: what a commit waits for most is its disk.
room_in_memory() {
    local free
    free=$(df --output=avail -k /dev/shm 2>/dev/null | tail -n 1) || return
    [ -w /dev/shm ] && [ "${free:-0}" -ge 4194304 ] && echo /dev/shm
}

# Rust, and a C compiler for the two bundled database libraries.
need_build_tools() {
    command -v cargo >/dev/null || fail "Rust is missing: cargo is not in the PATH (see https://rustup.rs)."
    local missing=()
    command -v cc >/dev/null || missing+=(build-essential)
    if grep -q '"openssl-sys"' Cargo.lock; then
        command -v pkg-config >/dev/null || missing+=(pkg-config)
        [ -e /usr/include/openssl/ssl.h ] || missing+=(libssl-dev)
    fi
    [ ${#missing[@]} -eq 0 ] || install_packages "${missing[@]}"
}

# Prints the folder of the newest PostgreSQL server programs, 15 or later; nothing when there is none.
find_postgres() {
    local initdb version best=0 found=
    for initdb in /usr/lib/postgresql/*/bin/initdb "$(command -v initdb || true)"; do
        if [ ! -x "$initdb" ] || [ ! -x "${initdb%/*}/postgres" ]; then continue; fi
        version=$("$initdb" --version | sed -E 's/^[^0-9]*([0-9]+).*/\1/')
        if [ "$version" -ge 15 ] && [ "$version" -gt "$best" ]; then
            best=$version found=${initdb%/*}
        fi
    done
    printf '%s' "$found"
}

need_postgres() {
    [ -n "$(find_postgres)" ] || install_packages postgresql
    [ -n "$(find_postgres)" ] || fail "No PostgreSQL 15 or later was found; the tests and scripts/demo --postgres need one."
}

# Patroni, etcd and HAProxy, for scripts/cluster. Debian starts each as a service of the system, which is not
# what we want them for: those that we installed are stopped again, and stay so.
need_cluster_tools() {
    local missing=() services=() service as_root=()
    command -v patroni >/dev/null || { missing+=(patroni) services+=(patroni); }
    command -v etcd >/dev/null || { missing+=(etcd-server) services+=(etcd); }
    command -v etcdctl >/dev/null || missing+=(etcd-client)
    [ -x /usr/sbin/haproxy ] || command -v haproxy >/dev/null || { missing+=(haproxy) services+=(haproxy); }
    command -v curl >/dev/null || missing+=(curl)
    [ ${#missing[@]} -eq 0 ] || install_packages "${missing[@]}"
    [ "$(id -u)" -eq 0 ] || as_root=(sudo)
    for service in "${services[@]}"; do
        if [ -d /run/systemd/system ]; then
            "${as_root[@]}" systemctl disable --now --quiet "$service" || true
        elif [ -x "/etc/init.d/$service" ]; then
            "${as_root[@]}" "/etc/init.d/$service" stop >/dev/null 2>&1 || true
            "${as_root[@]}" update-rc.d "$service" disable >/dev/null 2>&1 || true
        fi
    done
}

# Whether one of the Pythons that the tests try has the mail server aiosmtpd.
has_smtp_server() {
    local python
    for python in python3 /usr/bin/python3; do
        if "$python" -c 'import aiosmtpd.smtp' 2>/dev/null; then return; fi
    done
    return 1
}

need_smtp_server() {
    has_smtp_server || install_packages python3-aiosmtpd
    has_smtp_server || fail "Python finds no aiosmtpd, which tests send mail to: pip install aiosmtpd"
}

# What reads printed labels back: poppler renders them, ZBar decodes them.
need_label_readers() {
    local missing=()
    command -v pdftoppm >/dev/null || missing+=(poppler-utils)
    command -v zbarimg >/dev/null || missing+=(zbar-tools)
    [ ${#missing[@]} -eq 0 ] || install_packages "${missing[@]}"
}

# Chromium and Node for the browser tests, and the packages of their lock file.
need_browser() {
    local missing=() folder=tests/browser
    command -v node >/dev/null || missing+=(nodejs)
    command -v npm >/dev/null || missing+=(npm)
    if [ -z "${RESSAC_CHROMIUM:-}" ] && [ ! -x /usr/bin/chromium ] && [ ! -x /usr/bin/chromium-browser ]; then
        missing+=(chromium)
    fi
    [ ${#missing[@]} -eq 0 ] || install_packages "${missing[@]}"
    [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 18 ] \
        || fail "The browser tests need Node 18 or later; this is $(node --version)."
    if ! cmp -s $folder/package-lock.json $folder/node_modules/.installed-lock.json; then
        say "installing the packages of $folder"
        PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --prefix $folder --silent --no-audit --no-fund >&2 \
            || fail "npm ci failed in $folder: what the browser tests need could not be installed."
        cp $folder/package-lock.json $folder/node_modules/.installed-lock.json
    fi
}
