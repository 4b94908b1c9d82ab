#!/bin/sh
# Kratos has a database and a login of its own: neither it nor Bureau can read the other's.
set -eu
psql -v ON_ERROR_STOP=1 -v password="$KRATOS_PASSWORD" --username "$POSTGRES_USER" --dbname postgres <<'SQL'
CREATE ROLE bureau_kratos LOGIN PASSWORD :'password';
CREATE DATABASE bureau_kratos OWNER bureau_kratos;
SQL
