#!/bin/sh
# Puts one finished piece of the write-ahead log into the archive. For postgresql.conf:
#
#   archive_mode = on
#   archive_timeout = 60s
#   archive_command = '/path/to/archive.sh /path/to/archive %p %f'
#
# A piece appears whole or not at all, and one that is there is never replaced by another.
set -eu
to="$1/$3"
if [ -e "$to" ]; then
	cmp -s "$2" "$to"
	exit
fi
cp "$2" "$to.part"
sync
mv "$to.part" "$to"
