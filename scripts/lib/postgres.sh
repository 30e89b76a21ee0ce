# What the scripts that start PostgreSQL servers share. To be sourced by bash.

source "$(dirname "${BASH_SOURCE[0]}")/usage.sh"

find_binaries() {
    local folder
    for folder in "${LEASELINE_TEST_POSTGRES_BIN:-}" \
        $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV) \
        "$(dirname "$(command -v initdb || echo /nowhere/initdb)")"; do
        if [ -x "$folder/initdb" ] && [ -x "$folder/pg_ctl" ] && [ -x "$folder/postgres" ]; then
            echo "$folder"
            return 0
        fi
    done
    return 1
}

# PostgreSQL refuses to run as root.
as_owner() {
    if [ "$(id -u)" = 0 ]; then
        setpriv --reuid=postgres --regid=postgres --init-groups "$@"
    else
        "$@"
    fi
}

is_taken() {
    (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# Below the range out of which Linux gives ports to those who ask for any.
free_port() {
    local port
    for _ in $(seq 100); do
        port=$((20000 + RANDOM % 12000))
        if ! is_taken "$port"; then
            echo "$port"
            return 0
        fi
    done
    echo "no free port between 20000 and 32000" >&2
    return 1
}

need_binaries() {
    find_binaries || {
        echo "PostgreSQL's server binaries are not installed (Debian: apt-get install postgresql)" >&2
        return 1
    }
}

# A folder that is the owner's.
temporary_folder() { # PREFIX
    local folder
    folder=$(realpath "$(mktemp -d "${TMPDIR:-/tmp}/$1.XXXXXX")")
    if [ "$(id -u)" = 0 ]; then
        chown postgres:postgres "$folder"
    fi
    echo "$folder"
}
