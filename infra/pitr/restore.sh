#!/bin/sh
# Starts a copy of the cluster as it was at a time, beside the live one:
#
#   PGBIN=/usr/lib/postgresql/18/bin restore.sh BASE ARCHIVE TARGET TIME PORT [SETTING=VALUE…]
#
# BASE is a folder of `bureau pitr base`, ARCHIVE that of archive.sh, TARGET a folder that is not there yet.
# TIME is one that PostgreSQL understands, such as '2026-03-02 15:04:05+00'. Run it as the account of the server.
# It is ready when the script ends; pg_ctl -D TARGET stop ends it.
set -eu
base=$1 archive=$2 target=$3 at=$4 port=$5
shift 5
[ ! -e "$target" ] || { echo "$target is there already" >&2; exit 1; }
case "$archive$at" in *\'*) echo "no quotes, please" >&2; exit 1 ;; esac
cp -R "$base" "$target"
chmod 700 "$target"
touch "$target/recovery.signal"
cat >>"$target/postgresql.auto.conf" <<CONF
restore_command = 'cp "$archive/%f" "%p"'
recovery_target_time = '$at'
recovery_target_action = 'promote'
archive_mode = 'off'
CONF
options="-p $port"
for setting in "$@"; do options="$options -c $setting"; done
"${PGBIN:+$PGBIN/}pg_ctl" -D "$target" -l "$target.log" -w -t 3600 -o "$options" start ||
	{ tail -20 "$target.log" >&2; exit 1; }
# pg_ctl is content when reading is possible; ready means that the recovery has ended.
while [ -e "$target/recovery.signal" ]; do
	"${PGBIN:+$PGBIN/}pg_ctl" -D "$target" status >/dev/null || { tail -20 "$target.log" >&2; exit 1; }
	sleep 0.1
done
