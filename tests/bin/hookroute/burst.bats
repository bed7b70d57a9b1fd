load ../../helper
load helper

# What a burst of events costs, in system calls: it must not be so much for each.

setup() {
	case $build in
	*address*) skip "the sanitizer's own calls and memory would be measured" ;;
	esac
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

# start_counted COMMAND...: the router, with its syncs counted.
start_counted() {
	strace -D -f --seccomp-bpf -c -e trace=fsync,fdatasync -o "$BATS_TEST_TMPDIR/calls" hookroute "$@" 2>"$BATS_TEST_TMPDIR/log" 3>&- &
	router=$!
	echo "$router" >>"$BATS_TEST_TMPDIR/servers"
}

stop_counted() {
	kill -TERM "$router"
	wait "$router"
	wait_until test -s "$BATS_TEST_TMPDIR/calls"
}

# memory: kilobytes of the router and of those it has forked.
memory() {
	local pid
	for pid in "$router" $(pgrep -P "$router" -x hookroute); do
		awk '/^VmRSS/ { print $2 }' "/proc/$pid/status"
	done | awk '{ sum += $1 } END { print sum }'
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

# files_of COUNT: a file for each of as many events, in the order of time, in new/ at once.
files_of() {
	seq 1 "$1" | awk -v to="$spool/new/" '{
		id = sprintf("01a00000-0000-7000-8000-%010x00", $1); file = to id
		printf "{\"id\":\"%s\",\"event\":\"push\",\"payload\":{\"n\":%d}}\n", id, $1 >file; close(file)
	}'
}

# bats test_tags=FX_4
@test "hookroute drain: 10,000 waiting files go in order, without a fork or a look at the folder for each" {
	keeper keep ''
	files_of 10000
	strace -f --seccomp-bpf -c -e trace=getdents64,clone,clone3,vfork,execve -o "$BATS_TEST_TMPDIR/calls" \
		hookroute drain 2>/dev/null
	diff <(seq 1 10000) <(got keep | jq -r .n)
	[ "$(files new)" -eq 0 ] && [ "$(files cur)" -eq 0 ]
	# The consumer, what evaluates the routes; a look takes several calls.
	[ "$(calls clone clone3 vfork)" -lt 20 ]
	[ "$(calls getdents64)" -lt 200 ]
}

# bats test_tags=FX_4
@test "hookroute run: a burst of 10,000 events in one file goes in order, without a fork or a look for each" {
	keeper keep ''
	strace -D -f --seccomp-bpf -c -e trace=getdents64,clone,clone3,vfork,execve -o "$BATS_TEST_TMPDIR/calls" \
		hookroute run 2>/dev/null 3>&- &
	router=$!
	echo "$router" >>"$BATS_TEST_TMPDIR/servers"
	wait_until test -d "$spool/leases"
	put_all 10000
	WAIT_LIMIT=60 wait_until lines_are keep 10000
	diff <(seq 1 10000) <(got keep | jq -r .n)
	stop_counted
	[ "$(calls clone clone3 vfork)" -lt 20 ]
	[ "$(calls getdents64)" -lt 200 ]
}

# bats test_tags=FX_4
@test "hookroute run: its memory does not grow with the number of events" {
	keeper keep ''
	hookroute run 2>/dev/null 3>&- &
	router=$!
	echo "$router" >>"$BATS_TEST_TMPDIR/servers"
	put_all 4000
	WAIT_LIMIT=60 wait_until lines_are keep 4000
	before=$(memory)
	put_all 12000
	WAIT_LIMIT=60 wait_until lines_are keep 16000
	[ "$(memory)" -lt $((before + 4096)) ]
	kill -TERM "$router"
	wait "$router"
}
