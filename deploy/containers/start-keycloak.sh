#!/bin/sh
# Hands Keycloak its passwords from files: it knows no other way to be given them than its environment.
set -eu
KC_BOOTSTRAP_ADMIN_PASSWORD=$(cat /run/secrets/keycloak-admin.password)
CLIENT_SECRET=$(cat /run/secrets/sign-in.password)  # realm.json names it
export KC_BOOTSTRAP_ADMIN_PASSWORD CLIENT_SECRET
exec /opt/keycloak/bin/kc.sh "$@"
