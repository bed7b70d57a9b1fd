load ../../helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkfifo fifo
	run_id=${job_ids}000000000001
}

# start TASKS: a pipeline with run_id.
start() {
	run -0 runjob start - <<<'{"id":"'"$run_id"'","pipeline":"demo","tasks":['"$1"']}'
	[ "$(jq .ok <<<"$output")" = true ]
}

# ends STATUS PID: that child of ours, in the end.
ends() {
	local code=0
	wait "$2" || code=$?
	[ "$code" -eq "$1" ]
}

no_supervisor() { [ -z "$(ours runjob-shim)" ]; }

held() {
	echo '{"id":"held","exec":["sh","-c","for i in 1 2 3 4 5 6 7; do echo line $i; done; read -r x <'"$BATS_TEST_TMPDIR"'/fifo; exit $x"]}'
}

# bats test_tags=F2_39
@test "runjob watch: in a pipe each change is a line, until the end and its summary" {
	local watcher json_watcher
	start "$(held),"'{"id":"ship","exec":["true"],"needs":{"held":"success"}},{"id":"alarm","exec":["true"],"needs":{"held":"failure"}}'
	runjob watch "$run_id" >seen 3>&- &
	watcher=$!
	runjob watch --json "$run_id" >seen.json 3>&- &
	json_watcher=$!
	wait_until grep -q ' held: running$' seen
	wait_until grep -q '"name":"held","state":"running"' seen.json
	echo 3 >fifo
	ends 1 "$watcher"
	ends 1 "$json_watcher"
	# No line is there twice, and the run's end comes after all others.
	sed -nE '/^demo /q; s/^[0-9:]{8} //p; /^ /p' seen >changes
	[ -z "$(sort changes | uniq -d)" ]
	diff - <(sed -n '/held: failed/,$p' changes | grep -vE ': (queued|running)$' | sort) <<'END'
    | line 3
    | line 4
    | line 5
    | line 6
    | line 7
alarm: ok
demo: failed
held: failed
ship: skipped
END
	[ "$(tail -n 1 changes)" = "demo: failed" ]
	diff <(sed -n '/^demo /,$p' seen) <(runjob timeline "$run_id")
	[ "$(jq -r 'select(.state == "failed" or .state == "ok" or .state == "skipped") | .name + " " + .state' seen.json | sort | tr '\n' ,)" = \
		"alarm ok,demo failed,held failed,ship skipped," ]
	# What is over is told at once; so is a job.
	run -1 runjob watch "$run_id"
	run -7 runjob run -n one -- sh -c 'printf "over\rwritten\n\033[1mbold\033[m\n"; exit 7'
	run -7 runjob watch "$(runjob list | jq -r 'select(.name == "one").id')"
	[[ ${lines[0]} == *" one: failed" ]]
	[ "${lines[1]}" = "    | written" ] && [ "${lines[2]}" = "    | bold" ]
}

# bats test_tags=F2_39
@test "runjob watch: on a terminal the last five lines of what runs are drawn" {
	local watcher
	start "$(held),"'{"id":"other","exec":["true"],"needs":{"held":"any"}}'
	TERM=xterm script -qefc "stty rows 10 cols 60; runjob watch $run_id" drawn >/dev/null </dev/null 3>&- &
	watcher=$!
	wait_until grep -q '| line 7' drawn
	wait_until grep -q "other  *waiting" drawn
	echo 0 >fifo
	ends 0 "$watcher"
	# The chart is what stays: all that was drawn before is taken away.
	tr -d '\r' <drawn | sed '/^Script /d; /^$/d' >lines
	sed -n 's/.*\x1b\[J\(demo  ok after .*\)/\1/p' lines | grep -q .
	[[ $(tail -n 1 lines) == *" ended badly" ]]
	[ "$(sed 's/\x1b\[[0-9]*[FJ]//g' lines | wc -L)" -le 60 ]
	# No more of a log than is asked for at a time.
	[ "$(awk '/\x1b\[J/ { n = 0 } /\| line/ { n++ } n > most { most = n } END { print most }' lines)" -eq 5 ]
}

@test "runjob watch: to end it ends nothing else, and what cannot be followed is no wait" {
	local watcher children dir
	start "$(held)"
	runjob watch "$run_id" >seen 3>&- &
	watcher=$!
	wait_until grep -q ' held: running$' seen
	children=$(pgrep -P $watcher)
	kill -TERM $watcher
	ends 143 "$watcher"
	[ ! -d "/proc/$children" ]
	[ "$(runjob show "$run_id" | jq -r .state)" = running ]
	# Its supervisor is gone, and nobody has said how it ended.
	kill -9 "$(cat "$HOOKTOOLS_STATE"/jobs/*/"$run_id"/lock)"
	run -1 runjob watch "$run_id"
	[[ $output == *"demo: lost: its supervisor is gone"* ]]
	echo 0 >fifo
	runjob recover >/dev/null
	wait_until no_supervisor
	# It waits, and nobody is there to start it.
	dir=$(echo "$HOOKTOOLS_STATE"/jobs/*/"$run_id")
	jq -c '.state = "queued"' "$dir/status.json" >status
	cp status "$dir/status.json"
	run -75 --separate-stderr runjob watch "$run_id"
	[ "$stderr" = "runjob: job '$run_id' has no supervisor; runjob recover starts one" ]
	run -64 runjob watch
	run -1 runjob watch 0195a000-0000-7000-8000-00000000ffff
}
