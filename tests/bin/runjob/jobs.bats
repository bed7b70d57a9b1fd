load ../../helper

has_state() {
	[ "$(runjob show "$1" | jq -r .state)" = "$2" ]
}

job_dir() {
	dirname "$(runjob show "$1" | jq -r .log)"
}

# gone PID-FILE: the process named in it has ended; one that nobody has reaped yet has, too.
gone() {
	local pid
	pid=$(cat "$1")
	[ -n "$pid" ] && ! grep -qs '^State:.[^ZX]' "/proc/$pid/status"
}

log_has() {
	runjob tail "$1" | grep -q "$2"
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkfifo fifo
}

# A job that goes on once something is written to fifo.
waiting="echo first; read -r x <fifo; echo second"

# bats test_tags=F3_19
@test "runjob start: prints the id at once, and the tree has it all" {
	run -0 runjob start -n demo -- sh -c "$waiting"
	local id=$output dir
	wait_until has_state "$id" running
	dir=$(job_dir "$id")
	[ "$dir" = "$HOOKTOOLS_STATE/jobs/$(printf '%056d%08x' 0 "$(id -u)")/$id" ]
	[ "$(cut -d' ' -f2 "$dir/pid")" -gt 0 ]
	kill -0 "$(cut -d' ' -f1 "$dir/pid")"
	[ "$(jq -r .name "$dir/spec.json")" = demo ]
	[ "$(jq -r .state "$dir/status.json")" = running ]
	[ "$(stat -c %a "$dir")" = 700 ]
	echo go >fifo
	run -0 runjob wait "$id"
	[ "$(jq -r .state "$dir/status.json")" = ok ]
	diff <(printf 'first\nsecond\n') "$dir/log"
}

@test "runjob start: a supervisor costs nothing while its job runs" {
	local id shim ticks
	id=$(runjob start -- sh -c 'timeout 1 sh -c "while :; do :; done"; echo over; read -r x <fifo')
	wait_until log_has "$id" over
	shim=$(pgrep -f "runjob-shim $id")
	ticks=$(awk '{ print $14 + $15 }' "/proc/$shim/stat")
	echo go >fifo
	runjob wait "$id"
	# Of the hundred and more that passed.
	[ "$ticks" -le 10 ]
}

@test "runjob wait: ends with the job's status, and prints it with --json" {
	local id
	id=$(runjob start -- sh -c 'exit 7')
	run -7 runjob wait "$id"
	[ -z "$output" ]
	run -7 runjob wait --json "$id"
	[ "$(jq .exit_code <<<"$output")" -eq 7 ]
}

# bats test_tags=FX_11,F0_30
@test "runjob tail -f: a late joiner gets everything, and it ends with the job" {
	local id
	id=$(runjob start -- sh -c "$waiting")
	wait_until log_has "$id" first
	runjob tail -f "$id" >one 3>&- &
	local one=$!
	wait_until grep -q first one
	runjob tail -f "$id" >two 3>&- &
	local two=$!
	wait_until grep -q first two
	echo go >fifo
	wait "$one" "$two"
	printf 'first\nsecond\n' | diff - one
	diff one two
	run -0 runjob tail -f "$id"
	[ "$output" = $'first\nsecond' ]
}

# bats test_tags=FX_11
@test "runjob tail: lines, bytes, an offset, and raw bytes" {
	local id
	id=$(runjob start -- printf 'one\ntwo\nthree')
	runjob wait "$id"
	run -0 runjob tail -n 2 "$id"
	[ "$output" = $'two\nthree' ]
	run -0 runjob tail -n 0 "$id"
	[ -z "$output" ]
	run -0 runjob tail -n 99 "$id"
	[ "$output" = $'one\ntwo\nthree' ]
	run -0 runjob tail -c 5 "$id"
	[ "$output" = three ]
	run -0 runjob tail --from 4 "$id"
	[ "$output" = $'two\nthree' ]
	id=$(runjob start -- printf 'one\ntwo\n')
	runjob wait "$id"
	run -0 runjob tail -n 1 "$id"
	[ "$output" = two ]
	head -c 200000 /dev/urandom >input
	id=$(runjob start -- cat input)
	runjob wait "$id"
	runjob tail "$id" | cmp - input
}

# bats test_tags=FX_13
@test "runjob stop: TERM, grace, then the whole tree, daemons included" {
	local id how
	for how in "" no; do
		rm -f daemon
		id=$(HOOKTOOLS_CGROUP=$how runjob start -- sh -c "setsid sh -c 'trap \"\" TERM; \
			(echo \$\$ >daemon; while :; do read -r x <>fifo; done) &' & while :; do read -r x <>fifo; done")
		wait_until test -s daemon
		run -0 runjob stop --grace 100ms "$id"
		has_state "$id" cancelled
		gone daemon
	done
}

@test "runjob stop: a job may end by itself within its grace" {
	local id
	id=$(runjob start -- sh -c "trap 'echo bye; exit 5' TERM; echo ready; while :; do read -r x <>fifo; done")
	wait_until log_has "$id" ready
	run -0 runjob stop --grace 20s "$id"
	run -0 runjob show "$id"
	[ "$(jq -c '[.state, .exit_code]' <<<"$output")" = '["cancelled",5]' ]
	run -0 runjob tail "$id"
	[ "$output" = $'ready\nbye' ]
	run -1 --separate-stderr runjob stop "$id"
	[ "$stderr" = "runjob: job '$id' has ended already: cancelled" ]
}

@test "runjob stop: it gives no job more time than it has" {
	local id
	id=$(runjob start --timeout 1s --grace 100ms -- sh -c "trap : TERM CONT; echo ready; while :; do read -r x <>fifo; done")
	wait_until log_has "$id" ready
	run -0 timeout 30 runjob stop --signal CONT --grace 9h "$id"
	has_state "$id" cancelled
}

@test "runjob stop: a job that waits for its turn never runs" {
	local first second
	export HOOKTOOLS_JOBS_MAX=1
	first=$(runjob start -- sh -c "$waiting")
	wait_until has_state "$first" running
	second=$(runjob start touch ran)
	has_state "$second" queued
	run -0 runjob stop "$second"
	has_state "$second" cancelled
	[ ! -e ran ]
	echo go >fifo
	run -0 runjob wait "$first"
}

@test "runjob start: no more than HOOKTOOLS_JOBS_MAX jobs run at once" {
	local ids=() i
	export HOOKTOOLS_JOBS_MAX=3
	mkdir slots
	for i in {1..24}; do
		# shellcheck disable=SC2016
		ids+=("$(runjob start -- sh -c 'touch slots/$1; ls slots | wc -l >>most; rm slots/$1' sh "$i")")
	done
	run -0 runjob wait "${ids[@]}"
	[ "$(wc -l <most)" -eq 24 ]
	[ "$(sort -n most | tail -n 1)" -le 3 ]
}

@test "runjob list: newest first, by state, in pages" {
	local a b c
	a=$(runjob start -n one true)
	b=$(runjob start -n two false)
	c=$(runjob start -n three true)
	runjob wait "$a" "$b" "$c"
	run -0 runjob list
	[ "$(jq -rs 'map(.name) | join(" ")' <<<"$output")" = "three two one" ]
	run -0 runjob list --state failed
	[ "$(jq -r .id <<<"$output")" = "$b" ]
	run -0 runjob list --limit 1 --after "$c"
	[ "$(jq -r .id <<<"$output")" = "$b" ]
	run -0 script -qc "runjob list --limit 1" /dev/null
	[[ ${lines[0]} == "ID "* ]]
	[[ ${lines[1]} == "$c  ok "* ]]
}

@test "runjob prune, remove: who is second makes no lock in a folder that goes" {
	local id dir
	id=$(runjob start true)
	run -0 runjob wait "$id"
	dir=$(job_dir "$id")
	rm "$dir/lock"
	run -0 runjob prune --keep 0
	[ ! -e "$dir/lock" ]
	run -75 runjob remove "$id"
	[ ! -e "$dir/lock" ]
}

# bats test_tags=FX_17
@test "runjob recover: a job whose supervisor was killed is lost, and nothing of it runs" {
	local id how dir
	for how in "" no; do
		rm -f daemon
		id=$(HOOKTOOLS_CGROUP=$how runjob start --result spool -- sh -c 'echo $$ >daemon; read -r x <fifo')
		wait_until test -s daemon
		wait_until has_state "$id" running
		dir=$(job_dir "$id")
		kill -KILL "$(cat "$dir/lock")"
		wait_until has_state "$id" lost
		[ "$(jq -r .state "$dir/status.json")" = running ]
		run -0 runjob recover
		[ "$output" = "$id lost" ]
		run runjob wait "$id"
		[ "$(jq -r .state "$dir/status.json")" = lost ]
		wait_until test -e "$dir/published"
		gone daemon
		run -0 runjob recover
		[ -z "$output" ]
	done
}

@test "runjob recover: a job that waited is started" {
	local first second
	export HOOKTOOLS_JOBS_MAX=1
	first=$(runjob start -- sh -c "$waiting")
	wait_until has_state "$first" running
	second=$(runjob start -- touch ran)
	wait_until test -s "$HOOKTOOLS_STATE/jobs/.queue/keeper"
	# As a power cut leaves it: no keeper, and an entry that never reached the disk.
	kill -KILL "$(cat "$HOOKTOOLS_STATE/jobs/.queue/keeper")"
	rm -r "$HOOKTOOLS_STATE/jobs/.queue/waiting"
	echo go >fifo
	runjob wait "$first"
	has_state "$second" queued
	run -75 runjob wait "$second"
	run -0 runjob recover
	[ "$output" = "$second started" ]
	run -0 runjob wait "$second"
	[ -e ran ]
}

@test "runjob start --result spool: two events, with ids that follow from the job's" {
	local id events
	id=$(runjob start --result spool -n nightly -- sh -c 'exit 2')
	run -2 runjob wait "$id"
	wait_until test -e "$(job_dir "$id")/published"
	events=$(cat "$HOOKTOOLS_STATE"/spool/new/*)
	[ "$(jq -r .delivery <<<"$events" | sort)" = "$id.completed"$'\n'"$id.started" ]
	jq -se 'sort_by(.id) | map(.payload.action) == ["started", "completed"]' <<<"$events"
	jq -se 'map(select(.payload.action == "completed"))[0] | .provider == "hooktools" and
		.event == "job" and .hook == null and .payload.job.state == "failed" and
		.payload.job.exit_code == 2' <<<"$events"
}

@test "runjob run: the job outlives a runjob that is killed" {
	runjob run -- sh -c "$waiting" >out 3>&- &
	local pid=$!
	wait_until grep -q first out
	kill -KILL "$pid"
	local id
	id=$(runjob list | jq -r .id)
	has_state "$id" running
	echo go >fifo
	run -0 runjob wait "$id"
	run -0 runjob tail "$id"
	[ "$output" = $'first\nsecond' ]
}

# bats test_tags=FX_17
@test "runjob recover: a result that was not published is, with the same id" {
	local id first
	id=$(runjob start --result spool false)
	run -1 runjob wait "$id"
	wait_until test -e "$(job_dir "$id")/published"
	first=$(grep -l '"action":"completed"' "$HOOKTOOLS_STATE"/spool/new/*)
	# As if its supervisor had died in between.
	rm "$first" "$(job_dir "$id")/published"
	: >"$HOOKTOOLS_STATE/spool/tmp/$(basename "$first")"
	run -0 runjob recover
	[ "$output" = "$id published" ]
	wait_until test -e "$(job_dir "$id")/published"
	[ "$(jq -r .payload.job.state "$first")" = failed ]
	run -0 runjob recover
	[ -z "$output" ]
}
