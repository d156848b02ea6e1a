#!/bin/sh
# Run once, by the image of PostgreSQL, when the volume is empty: a role that owns its database and nothing else.
set -eu
password=$(cat /run/secrets/kaohe_password)
psql --set ON_ERROR_STOP=1 --set password="$password" --username postgres --dbname postgres <<'SQL'
CREATE ROLE kaohe LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'password';
CREATE DATABASE kaohe OWNER kaohe ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE kaohe FROM PUBLIC;
SQL
