load ../../helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkfifo one two
	queue=$HOOKTOOLS_STATE/jobs/.queue
	: >ran
}

has_state() {
	[ "$(runjob show "$1" | jq -r .state)" = "$2" ]
}

none_left() { [ -z "$(ours runjob-shim)$(ours runjob-queue)" ]; }

# specs FROM TO [MEMBERS]: a line for each number, which it writes down; the first ones wait to be let go.
specs() {
	local i
	for i in $(seq "$1" "$2"); do
		printf '{"id":"%s%012d","exec":["/bin/sh","-c","echo %d >>ran"],"dir":"%s"%s}\n' \
			"$job_ids" "$i" "$i" "$BATS_TEST_TMPDIR" "${3:-}"
	done
}

id() { printf '%s%012d' "$job_ids" "$1"; }

# holder FIFO [OPTION...]: a job that goes on once something is written to the fifo.
holder() { runjob start "${@:2}" -- sh -c "read -r x <$1"; }

is_dead() { ! grep -qs '^State:.[^ZX]' "/proc/$1/status"; }

is_another() { [ "$(cat "$queue/keeper")" -gt 0 ] && [ "$(cat "$queue/keeper")" != "$1" ]; }

all_over() { [ "$(cat "$HOOKTOOLS_STATE"/jobs/*/*/status.json | jq -r .state | sort -u)" = ok ]; }

# The name that a job has while it runs writes when it ends, well or by SIGTERM.
grouped() { runjob start --group site/main -n "$1" "${@:2}" -- sh -c "echo $1 >>began; trap 'exit 9' TERM; while :; do read -r x <>hold; done"; }

began() { [ "$(paste -sd' ' began)" = "$1" ]; }

# bats test_tags=FX_4
@test "runjob start --group: in order, reject, cancel-oldest, cancel-same" {
	local a b c d first
	mkfifo hold
	a=$(grouped a)
	wait_until began a
	b=$(grouped b)
	has_state "$b" queued
	run -75 --separate-stderr grouped x --busy reject
	[ "$stderr" = "runjob: group 'site/main' is busy" ]
	echo '{"exec":["true"],"group":"site/main","busy":"reject"}' | runjob start - >reply
	[ "$(jq -c '[.ok, .error.kind]' reply)" = '[false,"permanent"]' ]
	[ "$(runjob list | wc -l)" -eq 2 ]
	[ "$(runjob queue site/main | jq -c '[.position, .id, .waits_for]')" = "[1,\"$b\",\"group\"]" ]
	[ -z "$(runjob queue other)$(runjob queue --after "$b")" ]
	[ "$(runjob why "$b")" = "it waits for a place in group 'site/main', or among HOOKTOOLS_JOBS_MAX" ]
	run -75 runjob remove "$b"
	first=$a
	# In order: the second begins when the first has ended; and two may run where two are said to.
	runjob stop "$a"
	wait_until began "a b"
	c=$(grouped c --parallel 2)
	wait_until began "a b c"
	# The oldest has to go, so that the newest two run.
	d=$(grouped d --parallel 2 --busy cancel-oldest)
	wait_until began "a b c d"
	has_state "$b" cancelled
	has_state "$c" running
	# Only its own like.
	a=$(grouped c --parallel 2 --busy cancel-same)
	wait_until began "a b c d c"
	has_state "$c" cancelled
	has_state "$d" running
	[ "$(runjob show "$d" | jq -r .group)" = site/main ]
	runjob stop "$a"
	runjob stop "$d"
	wait_until none_left
	[ -z "$(ls "$queue/groups")" ]
	[ "$(runjob list --group site/main | wc -l)" -eq 5 ]
	[ -z "$(runjob list --group site/other)" ]
	[ "$(runjob why "$b")" = "it is cancelled: stopped on request" ]
	# All but the newest one go, and their logs; a job that runs stays.
	[ "$(runjob prune --keep 1 --dry-run | wc -l)" -eq 4 ]
	[ "$(runjob list | wc -l)" -eq 5 ]
	[ "$(runjob prune --keep 1 | sort)" = "$(printf '%s\n' "$first" "$b" "$c" "$d" | sort)" ]
	[ "$(runjob list | jq -r .id)" = "$a" ]
	run -0 runjob prune --older-than 1h
	[ -z "$output" ]
	run -0 runjob remove "$a"
	run -1 runjob show "$a"
	[ "$(find "$HOOKTOOLS_STATE/jobs" -name log | wc -l)" -eq 0 ]
	run -64 runjob prune
}

# bats test_tags=F2_25
@test "runjob start --after: begins, or is skipped, once the others have ended" {
	local first bad good any chain other
	first=$(holder one)
	good=$(runjob start --after "$first" -- sh -c 'echo good >>ran')
	bad=$(runjob start --after "$first:failed" -- sh -c 'echo bad >>ran')
	any=$(runjob start --after "$bad:any" --after "$good:ok" -- sh -c 'echo any >>ran')
	chain=$(runjob start --after "$bad" -- true)
	has_state "$good" queued
	has_state "$any" queued
	[ "$(ours runjob-queue | wc -l)" -eq 1 ]
	echo go >one
	run -0 runjob wait "$any"
	run -1 runjob wait "$bad"
	[ "$(runjob show "$bad" | jq -r '.state + ": " + .reason')" = "skipped: job $first is ok, and was to be failed" ]
	run -1 runjob wait "$chain"
	has_state "$chain" skipped
	[ "$(paste -sd' ' ran)" = "good any" ]
	# What has ended already is no wait; what was never there is an error.
	other=$(runjob start --after "$bad:any" -- true)
	run -0 runjob wait "$other"
	run -65 runjob start --after 01a00000-0000-7000-8000-000000000000 -- true
	run -64 runjob start --after nobody -- true
}

@test "runjob start --retry: by cause and budget, each attempt with its log, and a follower sees them all" {
	local id dir
	runjob run --retry 3 --retry-delay 10ms -n flaky -- \
		sh -c 'echo try >>ran; echo "this is $(wc -l <ran)"; [ "$(wc -l <ran)" -ge 3 ] || exit 9' >out
	diff <(printf 'this is %d\n' 1 2 3) out
	id=$(runjob list | jq -r .id)
	dir=$(dirname "$(runjob show "$id" | jq -r .log)")
	[ "$(jq -c '[.state, .attempts, .next_at]' "$dir/status.json")" = '["ok",3,null]' ]
	[ "$(jq -rs 'map(.exit_code) | join(" ")' "$dir/attempts")" = "9 9" ]
	diff <(printf 'this is 1\nthis is 2\n') <(cat "$dir/log.1" "$dir/log.2")
	# Not by this cause; not more often than it may; not when it was stopped.
	run -9 runjob run --retry 3 --retry-delay 10ms --retry-on exit:7,timeout -- sh -c 'echo >>once; exit 9'
	[ "$(wc -l <once)" -eq 1 ]
	run -124 runjob run --retry 1 --retry-delay 10ms --retry-on timeout --timeout 50ms --grace 10ms -- \
		sh -c 'echo >>twice; while :; do read -r x <>one; done'
	[ "$(wc -l <twice)" -eq 2 ]
	id=$(runjob start --retry 3 --retry-delay 1h -- false)
	waits_for_retry() { [ "$(runjob show "$id" | jq -c '[.state, .attempts]')" = '["queued",1]' ]; }
	wait_until waits_for_retry
	[[ $(runjob show "$id" | jq -r .reason) == "try 2 of 4 comes after 3600000 ms: the last was failed: exit status 1" ]]
	[ -z "$(ours runjob-shim)" ]
	runjob stop "$id"
	has_state "$id" cancelled
	wait_until none_left
}

# begun N: it runs, for the Nth time.
begun() { [ "$(runjob show "$id" | jq -c '[.state, .attempts]')" = "[\"running\",$1]" ] && [ "$(wc -l <ran)" -eq "$1" ]; }

# crash: its supervisor dies, and so does what it left.
crash() {
	kill -KILL "$(cat "$dir/lock")"
	wait_until has_state "$id" lost
	run -0 runjob recover
	[ "$output" = "$id lost" ]
}

# bats test_tags=FX_4,FX_17
@test "runjob start --retry: a job that was lost is begun again, as often as it may, and nobody of the last try lives" {
	local id dir first
	id=$(runjob start --group site --retry 1 --retry-delay 10ms --retry-on lost -- \
		sh -c 'echo >>ran; echo "this is $(wc -l <ran)"; sleep 1000 & echo $! >left; wait')
	dir=$(dirname "$(runjob show "$id" | jq -r .log)")
	wait_until begun 1
	wait_until test -s left
	first=$(cat left)
	crash
	wait_until begun 2
	wait_until is_dead "$first"
	[ "$(jq -c '[.state, .attempts]' "$dir/attempts")" = '["lost",1]' ]
	[ "$(cat "$dir/log.1" "$dir/log")" = "this is 1"$'\n'"this is 2" ]
	[ -n "$(ls "$queue/groups/site")" ]
	first=$(cat left)
	crash
	wait_until is_dead "$first"
	run runjob wait "$id"
	[ "$(runjob show "$id" | jq -c '[.state, .attempts, .reason]')" = '["lost",2,"its supervisor died while it ran"]' ]
	wait_until none_left
	[ ! -e "$queue/groups/site" ] && [ ! -e "$queue/waiting" ]
	[ "$(runjob results | jq -r '[.id, .state] | join(" ")')" = "$id lost" ]
}

# bats test_tags=F2_25,FX_4,F2_26
@test "runjob start -: jobs that wait cost files, and lose nothing when who starts them is killed or stopped" {
	export HOOKTOOLS_JOBS_MAX=2
	local first second keeper
	first=$(holder one)
	second=$(holder two)
	wait_until has_state "$second" running
	specs 1 200 | runjob start - >replies 9>held
	[ "$(jq -r .ok replies | grep -c true)" -eq 200 ]
	[ "$(find "$queue/waiting" -type l | wc -l)" -eq 200 ]
	[ "$(ours runjob-shim | wc -l)" -eq 2 ]
	[ "$(ours runjob-queue | wc -l)" -eq 1 ]
	# It holds nothing that was open when it was started.
	[ -z "$(find /proc/"$(cat "$queue/keeper")"/fd -lname '*/held')" ]
	# The same again changes nothing.
	specs 1 5 | runjob start - >replies
	[ "$(jq -r .duplicate replies | grep -c true)" -eq 5 ]
	[ "$(find "$queue/waiting" -type l | wc -l)" -eq 200 ]
	# Killed: the next job that ends brings another one.
	keeper=$(cat "$queue/keeper")
	kill -KILL "$keeper"
	wait_until is_dead "$keeper"
	echo go >one
	run -0 runjob wait "$first"
	wait_until test -s ran
	# Stopped: it is ended when its lease is over, and another one takes its jobs.
	keeper=$(cat "$queue/keeper")
	kill -STOP "$keeper"
	touch -d '60 seconds ago' "$queue/keeper"
	touch -d '30 seconds ago' "$queue/poke"
	runjob recover
	wait_until is_another "$keeper"
	echo go >two
	wait_until all_over
	diff <(seq 1 200) <(sort -n ran)
	wait_until none_left
	[ ! -e "$queue/waiting" ]
}

# Whether the keeper has said why it failed.
keeper_failed() { [ -e "$queue/error" ]; }

@test "runjob queue, why: a keeper that fails says why, and the next one that works begins what waits" {
	local first second
	echo HOOKTOOLS_JOBS_MAX=1 >"$HOOKTOOLS_CONF/hooktools.conf"
	first=$(holder one)
	second=$(runjob start -- true)
	wait_until test -s "$queue/keeper"
	wait_until is_another 0
	kill -KILL "$(cat "$queue/keeper")"
	echo HOOKTOOLS_JOBS_MAX=many >"$HOOKTOOLS_CONF/hooktools.conf"
	run -78 runjob start -- true
	runjob recover
	wait_until keeper_failed
	[ "$(runjob why "$second")" = "it waits, as the queue's keeper failed: HOOKTOOLS_JOBS_MAX: 'many' is no number from 1 to 10000; see runjob recover" ]
	run -0 --separate-stderr runjob queue
	[ "$(jq -r .id <<<"$output")" = "$second" ]
	[ "$stderr" = "runjob: nothing begins: the queue's keeper failed: HOOKTOOLS_JOBS_MAX: 'many' is no number from 1 to 10000; see runjob recover" ]
	rm "$HOOKTOOLS_CONF/hooktools.conf"
	runjob recover
	run -0 runjob wait "$second"
	echo go >one
	run -0 runjob wait "$first"
	[ ! -e "$queue/error" ]
}

# pressed CPU MEMORY: how many per cent of the time something waited for these.
pressed() {
	printf 'some avg10=%s avg60=0.00 avg300=0.00 total=1\nfull avg10=99.00 avg60=0.00 avg300=0.00 total=1\n' "$1" >pressure/cpu
	printf 'some avg10=%s avg60=0.00 avg300=0.00 total=1\n' "$2" >pressure/memory.pressure
}

is_held() { runjob queue | jq -se 'all(.waits_for == "pressure")'; }

# bats test_tags=F2_25
@test "runjob start: nothing begins while there is more pressure than HOOKTOOLS_PRESSURE" {
	local first second other
	mkdir pressure
	pressed 1.00 60.01
	export HOOKTOOLS_PRESSURE='cpu=50 memory=12.5' HOOKTOOLS_PRESSURE_DIR=$PWD/pressure
	first=$(runjob start -- touch first)
	second=$(runjob start --group site -- touch second)
	wait_until test -e "$queue/pressure"
	[ "$(runjob queue | jq -c '[.id, .waits_for, .pressure_of, .pressure, .pressure_limit]')" = \
		"$(printf '["%s","pressure","memory",60.01,12.5]\n' "$first" "$second")" ]
	[ "$(runjob why "$second")" = "it waits for the pressure of memory to fall: it is 60.01 %, and the limit of HOOKTOOLS_PRESSURE is 12.50 %" ]
	# Whoever waits for a job, and what was stopped, waits for no pressure.
	runjob run --group site/other -- touch other
	runjob stop "$first"
	[ -e other ] && [ ! -e first ] && [ ! -e second ]
	# News make the keeper look before its time.
	pressed 70 0.00
	other=$(runjob start -- touch third)
	wait_until grep -qx 'cpu 70.00 50.00' "$queue/pressure"
	pressed 50.00 12.50
	runjob recover
	run -0 runjob wait "$other" "$second"
	[ -e second ] && [ -e third ]
	wait_until none_left
	[ ! -e "$queue/pressure" ]
	# Nothing tells of a fall: the keeper looks when it can have fallen at the earliest.
	pressed 50.01 0.00
	other=$(runjob start -- true)
	wait_until is_held
	pressed 50.00 0.00
	run -0 runjob wait "$other"
	# A limit that this machine cannot keep is an error, as other limits are.
	HOOKTOOLS_PRESSURE='cpu=50 io=10' run -78 --separate-stderr runjob start -- true
	[ "$stderr" = "runjob: HOOKTOOLS_PRESSURE: this machine does not tell the pressure of io: open '$PWD/pressure/io': No such file or directory" ]
	HOOKTOOLS_PRESSURE='cpu=50,io=10,best-effort' run -0 runjob start -- true
	for bad in cpu cpu= cpu=0 cpu=101 cpu=1.234 cpu=x disk=5 'cpu 5' memory=-1; do
		HOOKTOOLS_PRESSURE=$bad run -78 --separate-stderr runjob start -- true
		[[ $stderr == "runjob: HOOKTOOLS_PRESSURE: '"*"' is not cpu=, memory= or io= and a per cent" ]]
	done
	wait_until none_left
}

# bats test_tags=FX_17
@test "runjob: who follows a supervisor that died with groups for its job, and no note of them, removes them" {
	local id folder group
	runjob run -- true
	[ "$(runjob list | jq -r .containment)" = cgroup ] || skip "no cgroup of version 2 here"
	id=$(HOOKTOOLS_JOBS_MAX=1 holder one)
	wait_until has_state "$id" running
	group=$(head -n 1 "$HOOKTOOLS_STATE"/jobs/*/"$id"/cgroup)
	id=$(HOOKTOOLS_JOBS_MAX=1 runjob start -- true)
	has_state "$id" queued
	folder=$(echo "$HOOKTOOLS_STATE"/jobs/*/"$id")
	group=${group%/*}/$id
	mkdir "$group" "$group.4194304"
	: >"$folder/cgroup"
	echo 4194304 >"$folder/lock"
	echo go >one
	run -0 runjob wait "$id"
	wait_until none_left
	[ ! -e "$group.4194304" ] && [ ! -e "$group" ]
}

# written [OPTION...]: a job that leaves 256 KB of log.
written() { runjob start "$@" -- head -c 262144 /dev/zero; }

# named ID: whatever bears its name, of hooktools or of the kernel.
named() { find "$HOOKTOOLS_STATE" "$HOOKTOOLS_RUN" /sys/fs/cgroup -name "*$1*"; }

# bats test_tags=F2_84
@test "runjob prune --max-bytes: the oldest go until the others fit, and nothing of them is left but their ends" {
	local running a b c d stranger=0000000000000000000000000000000000000000000000000000000000000007
	running=$(holder one)
	a=$(written --group site --log-index --retry 1 --retry-delay 10ms --timeout 1h)
	run -0 runjob wait "$a"
	b=$(written --after "$a:any")
	run -0 runjob wait "$b"
	c=$(written)
	d=$(written)
	run -0 runjob wait "$c" "$d"
	run -0 runjob start --owner "$stranger" -- true
	[ -e "$queue/after/$a" ] && [ -n "$(named "$a")" ]
	run -0 runjob prune --max-bytes 700K --dry-run
	[ "$output" = "$a"$'\n'"$b" ]
	[ "$(runjob list | wc -l)" -eq 5 ]
	run -0 runjob prune --max-bytes 700K
	[ "$output" = "$a"$'\n'"$b" ]
	[ -z "$(named "$a")$(named "$b")" ]
	[ "$(runjob results | jq -r .id | sort)" = "$(printf '%s\n' "$a" "$b" "$c" "$d" | sort)" ]
	# What has not ended counts, and stays.
	run -0 runjob prune --max-bytes 0
	[ "$output" = "$c"$'\n'"$d" ]
	[ "$(runjob list | jq -r .id)" = "$running" ]
	# Of everybody.
	run -0 runjob prune --keep 0
	[ -z "$output" ]
	run -0 runjob prune --keep 0 --all
	[ "$(find "$HOOKTOOLS_STATE/jobs/$stranger" -mindepth 1 -maxdepth 1 ! -name '.*' | wc -l)" -eq 0 ]
	[ "${#output}" -eq 36 ]
	echo go >one
	run -0 runjob wait "$running"
	run -64 runjob prune --all --owner "$stranger" --keep 1
	# One that cannot be read is named, and the others go.
	a=$(written)
	b=$(written)
	run -0 runjob wait "$a" "$b"
	echo '{"state":"odd"}' >"$HOOKTOOLS_STATE/jobs/$(basename "$(dirname "$(dirname "$(runjob show "$a" | jq -r .log)")")")/$a/status.json"
	run -65 --separate-stderr runjob prune --keep 0
	[ "$output" = "$running"$'\n'"$b" ]
	[[ $stderr == "runjob: job $a: '"*"unknown state 'odd'"* ]]
}
