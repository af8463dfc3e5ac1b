#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The kernel's own selftests of IPVS, conntrack and SYNPROXY, run on the host: in a guest, each
# without the module and then with it, where every namespace has a policy for a service that
# the test knows nothing of. Both must end alike.
#
#   selftests/upstream/run.sh [--kernel VERSION] [TEST]...
#
# The tests are those of Debian's kernel source: of 6.1 for that kernel, else of 6.12. Prints
# KTAP, and "N passed, N failed" as the last line.
set -u

here=$(cd -P -- "$(dirname -- "$0")" && pwd) || exit
top=${here%/*/*}
kernel=6.1
if [ "${1-}" = --kernel ]; then
	[ $# -ge 2 ] || { sed -n 's/^#   //p' "$0" >&2; exit 2; }
	kernel=$2
	shift 2
fi
source=6.12
[ "$kernel" != 6.1 ] || source=6.1

"$top/scripts/deps" vm build demo upstream || exit
package=linux-source-$source
kept=${XDG_CACHE_HOME:-$HOME/.cache}/ipvs-l7/selftests-$(dpkg-query -W -f '${Version}' "$package") || exit
if [ ! -d "$kept" ]; then
	mkdir -p "${kept%/*}"
	new=$(mktemp -d "$kept.XXXXXX") || exit
	echo "unpacking the selftests of $package" >&2
	tar -xJf "/usr/src/$package.tar.xz" -C "$new" --strip-components=4 --wildcards \
		"$package/tools/testing/selftests/*net*/*" || exit
	chmod 755 "$new"
	mv -T "$new" "$kept" 2>/dev/null || rm -rf "$new"
fi
# 6.7 moved them.
dir=$kept/netfilter
[ -d "$dir" ] || dir=$kept/net/netfilter

exec "$top/scripts/vm" --kernel "$kernel" --timeout 3600 -- "$here/guest.sh" "$dir" "$@"
