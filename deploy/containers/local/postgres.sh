#!/bin/sh
set -eu
files=/var/lib/postgresql/18/docker
if [ ! -e "$files/PG_VERSION" ]; then
    mkdir -p "$files"
    # shellcheck disable=SC2086  # several options in one variable, as the official image takes them
    initdb -D "$files" -U postgres --pwfile="$POSTGRES_PASSWORD_FILE" $POSTGRES_INITDB_ARGS
    echo "host all all all $POSTGRES_HOST_AUTH_METHOD" >> "$files/pg_hba.conf"
fi
exec "$@" -D "$files" -c listen_addresses=*
