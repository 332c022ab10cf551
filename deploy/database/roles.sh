#!/bin/sh
# Creates the role that the servers use, or gives it a new password. The database image runs this once, for a new
# database; for an existing one: docker compose exec database sh /docker-entrypoint-initdb.d/roles.sh
# The role has no rights until `manage.py grant_rights taizhang_app` has run, which the service `migrate` does.
set -eu
: "${DATABASE_APP_PASSWORD:?the password of the role that serves the site}"
psql --quiet --no-psqlrc --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" --set ON_ERROR_STOP=1 <<'SQL'
\getenv password DATABASE_APP_PASSWORD
SELECT 'CREATE ROLE taizhang_app' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'taizhang_app') \gexec
ALTER ROLE taizhang_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'password';
SQL
