# For the tests that send with programs made by others; load it after ../helper and
# ../bin/hookrecv/helper.

senders=$top/.build/contract/npm

# The reason why the registry cannot be asked, of what npm said; nothing when it was.
out_of_reach() {
	grep -oE 'ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|E?TIMEDOUT|EIDLETIMEOUT|E50[0-9]|SELF_SIGNED_CERT_IN_CHAIN' |
		head -n 1
}

# fetch_senders [FOLDER]: fetches what npm/package-lock.json (or that of another folder) pins, once
# for all tests and builds, and puts our scripts beside it.  When that cannot be, need_senders tells
# why.  For setup_file.
fetch_senders() {
	local log=$BATS_FILE_TMPDIR/npm.log folder=${1:-npm} reason
	local senders=$top/.build/contract/$folder
	if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
		echo "node or npm is missing: make deps" >"$BATS_FILE_TMPDIR/no_senders"
		return 0
	fi
	mkdir -p "$senders"
	exec {lock}>"$senders.lock"
	flock "$lock"
	cp "$top/tests/contract/$folder"/* "$senders"
	if ! cmp -s "$senders/package-lock.json" "$senders/node_modules/.fetched"; then
		npm ci --prefix "$senders" --cache "$senders.cache" --ignore-scripts --no-audit --no-fund \
			--fetch-retries=2 --fetch-retry-mintimeout=1000 --fetch-retry-maxtimeout=4000 >"$log" 2>&1 3>&- || {
			reason=$(out_of_reach <"$log")
			[ -n "$reason" ] || {
				cat "$log" >&2
				return 1
			}
			echo "npm cannot reach its registry: $reason" >"$BATS_FILE_TMPDIR/no_senders"
			return 0
		}
		cp "$senders/package-lock.json" "$senders/node_modules/.fetched"
	fi
	exec {lock}>&-
}

# For setup: skips where there are none.
need_senders() {
	[ ! -f "$BATS_FILE_TMPDIR/no_senders" ] || skip "$(cat "$BATS_FILE_TMPDIR/no_senders")"
}

# sender SCRIPT ARGUMENT...: one of tests/contract/npm.
sender() {
	local script=$1
	shift
	NODE_NO_WARNINGS=1 timeout 300 node "$senders/$script.mjs" "$@"
}
