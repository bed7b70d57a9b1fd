# For the tests of hookroute: `load helper` after `load ../../helper`.
spool=$HOOKTOOLS_STATE/spool

# id N: the id of the Nth event.
id() {
	printf '019a4c3e-1f00-7000-8000-%012x' "$1"
}

# delivery_of UUID ROUTE [K]: the id of the Kth delivery, from 0, that ROUTE makes of the event.
delivery_of() {
	local hash=2166136261 i byte
	for ((i = 0; i < ${#2}; i++)); do
		printf -v byte %d "'${2:i:1}"
		hash=$(((hash ^ byte) * 16777619 & 0xffffffff))
	done
	printf '%s%08x' "${1:0:28}" $(((0x${1:28} + hash + ${3:-0}) & 0xffffffff))
}

# delivery N ROUTE [K]: that of event N.
delivery() {
	delivery_of "$(id "$1")" "${@:2}"
}

# event N [EVENT [PAYLOAD]]: a line of hookevent(5).
event() {
	local id
	printf -v id '019a4c3e-1f00-7000-8000-%012x' "$1" # id, without a fork
	printf '{"id":"%s","hook":null,"name":"acme/site","provider":"github","event":"%s","delivery":"d%s","received_at":"2026-11-20T23:45:10.123Z","remote":null,"headers":{},"payload":%s}\n' \
		"$id" "${2:-push}" "$1" "${3:-{\}}"
}

# route NAME TEXT
route() {
	printf '%s\n' "$2" >"$HOOKTOOLS_CONF/routes.d/$1.jq"
}

# consumer NAME [MEMBERS]: its program is standard input; in it, take appends the line to
# got.NAME.
consumer() {
	local program=$BATS_TEST_TMPDIR/consumer-$1
	{
		echo '#!/bin/bash'
		# shellcheck disable=SC2016 # for the program
		printf 'dir=%q name=%q\n' "$BATS_TEST_TMPDIR" "$1"
		# shellcheck disable=SC2016,SC2028
		echo 'ok() { echo "{\"ok\":true}"; }
take() { printf "%s\n" "$1" >>"$dir/got.$name"; }
fail() { printf "{\"ok\":false,\"error\":{\"kind\":\"%s\",\"message\":\"%s\"}}\n" "$1" "$2"; }'
		cat
	} >"$program"
	chmod +x "$program"
	printf '{"exec":["%s"]%s}\n' "$program" "${2:-}" >"$HOOKTOOLS_CONF/consumers.d/$1.json"
}

# good_consumer NAME [MEMBERS]: takes all.
good_consumer() {
	consumer "$1" "${2:-}" <<<'while IFS= read -r line; do take "$line"; ok; done'
}

# got NAME: what it took.
got() {
	cat "$BATS_TEST_TMPDIR/got.$1" 2>/dev/null || true
}

# files STATE: how many events files are in it.
files() {
	find "$spool/$1" -type f ! -name '*.why' ! -name '*.done' 2>/dev/null | wc -l
}

# put N...: push events with these numbers.
put() {
	local n
	for n in "$@"; do event "$n"; done | hookroute put >/dev/null
}

setting() {
	printf '%s=%s\n' "$1" "$2" >>"$HOOKTOOLS_CONF/hooktools.conf"
}
