load ../../helper
load helper

# What a burst of events costs, in system calls: it must not be so much for each.

setup() {
	route all 'select(.event == "push") | {to: "keep", send: {n: .payload.n}}'
	run -0 hookroute list new # makes the spool
}

teardown() {
	stop_servers
}

# keeper NAME SCRIPT: a consumer in perl, quicker than the shell.
keeper() {
	jq -nc --arg script "\$| = 1; open(\$got, q(>>), shift) or die; while (<STDIN>) { $2; syswrite(\$got, \$_); print qq({\"ok\":true}\\n) }" \
		--arg got "$BATS_TEST_TMPDIR/got.$1" '{exec: ["perl", "-e", $script, $got], in_flight: 256}' >"$HOOKTOOLS_CONF/consumers.d/$1.json"
}

# put_all COUNT: pushes in one file.
put_all() {
	seq 1 "$1" | sed 's/.*/{"n":&}/' | hookroute put --event push --name acme/site >/dev/null
}

# calls NAME...: how often the router made these system calls.
calls() {
	awk -v names=" $* " 'index(names, " " $NF " ") { sum += $4 } END { print sum + 0 }' "$BATS_TEST_TMPDIR/calls"
}

# start_counted COMMAND...: the router, with its system calls counted.
start_counted() {
	strace -D -c -o "$BATS_TEST_TMPDIR/calls" hookroute "$@" 2>"$BATS_TEST_TMPDIR/log" 3>&- &
	router=$!
	echo "$router" >>"$BATS_TEST_TMPDIR/servers"
}

stop_counted() {
	kill -TERM "$router"
	wait "$router"
	wait_until test -s "$BATS_TEST_TMPDIR/calls"
}

lines_are() { [ "$(got "$1" | wc -l)" -eq "$2" ]; }

# bats test_tags=F2_26
@test "hookroute run: for a slow consumer's sake a fast one does not wait for the disk each time" {
	route all '{to: "fast", send: {n: .payload.n}}, {to: "slow", send: {n: .payload.n}}'
	keeper fast ''
	keeper slow 'sleep 1 until -e q('"$BATS_TEST_TMPDIR/go"')'
	put_all 3000
	start_counted run
	wait_until lines_are fast 3000
	: >"$BATS_TEST_TMPDIR/go"
	stop_counted
	[ "$(files defer)" -ge 1500 ]
	[ "$(calls fsync fdatasync)" -lt 300 ]
	find "$spool/defer" -type f -exec touch {} + # due
	hookroute drain 2>/dev/null
	[ "$(got slow | sort -u | wc -l)" -eq 3000 ]
}
