# Loaded by every .bats file: `load ../helper` (or ../../helper).  Each test gets its own
# state, configuration and runtime folders, and the built programs first in PATH.
bats_require_minimum_version 1.5.0

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$top/${O:-.build}
export PATH="$build/bin:$build/libexec/hooktools:$PATH"
export LC_ALL=C.UTF-8
unset JOURNAL_STREAM CREDENTIALS_DIRECTORY HOOKTOOLS_KEY_FILE LISTEN_FDS LISTEN_PID NO_COLOR
if [ -n "${BATS_TEST_TMPDIR:-}" ]; then
	export HOOKTOOLS_STATE="$BATS_TEST_TMPDIR/state" HOOKTOOLS_CONF="$BATS_TEST_TMPDIR/conf"
	export HOOKTOOLS_RUN="$BATS_TEST_TMPDIR/run" HOME="$BATS_TEST_TMPDIR"
	mkdir -p "$HOOKTOOLS_STATE" "$HOOKTOOLS_CONF/routes.d" "$HOOKTOOLS_CONF/consumers.d" "$HOOKTOOLS_RUN"
fi

# How the ids of this test's jobs begin: their cgroups are the machine's, where other tests have
# some, too.
# shellcheck disable=SC2034 # for those who load us
printf -v job_ids '0195%04x-%04x-7000-8000-' "$RANDOM" "$RANDOM"

# unit CASE: runs one case of the unit test program that belongs to this .bats file.
unit() {
	local module
	module=$(basename "$BATS_TEST_FILENAME" .bats)
	run "$build/tests/${module}_test" "$1"
	[ "$status" -eq 0 ] || {
		printf '%s\n' "status $status" "$output" >&2
		return 1
	}
}

# Every case of the program is called by a test of this file.
every_case_is_listed() {
	local module
	module=$(basename "$BATS_TEST_FILENAME" .bats)
	diff <("$build/tests/${module}_test" | sort) \
		<(sed -n 's/^[[:space:]]*unit \([a-z0-9_]*\)$/\1/p' "$BATS_TEST_FILENAME" | sort)
}

# wait_until COMMAND...: until it succeeds, for WAIT_LIMIT seconds (30) at most.
wait_until() {
	local deadline=$((SECONDS + ${WAIT_LIMIT:-30})) looks=0 pause=0.02 never
	# Nothing is ever written there: to wait takes no process.
	exec {never}<> <(:)
	until "$@" >/dev/null 2>&1; do
		if [ "$SECONDS" -ge "$deadline" ]; then
			echo "waited in vain for: $*" >&2
			exec {never}>&-
			return 1
		fi
		((++looks < 50)) || pause=0.1
		read -rt "$pause" -u "$never" || true
	done
	exec {never}>&-
}

# ours NAME: the processes of this name that work on this test's state.
ours() {
	local pid
	for pid in $(pgrep -x "$1"); do
		tr '\0' '\n' 2>/dev/null <"/proc/$pid/environ" | grep -qx "HOOKTOOLS_STATE=$HOOKTOOLS_STATE" &&
			echo "$pid"
	done
	return 0
}

# start_server LOG COMMAND...: in the background; sets $server_pid and $server_url once the
# program has said "listening on ADDR:PORT" on stdout or stderr (both go to LOG).
start_server() {
	local log=$1
	shift
	: >"$log"
	"$@" >"$log" 2>&1 3>&- &
	server_pid=$!
	echo "$server_pid" >>"$BATS_TEST_TMPDIR/servers"
	wait_until grep -q 'listening on ' "$log" || {
		cat "$log" >&2
		return 1
	}
	# shellcheck disable=SC2034 # for the tests
	server_url=http://$(sed -n 's/.*listening on \([^ ]*\).*/\1/p' "$log" | head -n 1)
}

# stop_servers: ends what start_server began; call it in teardown.
stop_servers() {
	local pid
	[ -f "$BATS_TEST_TMPDIR/servers" ] || return 0
	while read -r pid; do
		kill "$pid" 2>/dev/null || true
	done <"$BATS_TEST_TMPDIR/servers"
	while read -r pid; do
		wait "$pid" 2>/dev/null || true
	done <"$BATS_TEST_TMPDIR/servers"
	rm -f "$BATS_TEST_TMPDIR/servers"
}

# A free master key for the vault of this test.
make_key() {
	run -0 tokenmint vault init
}
