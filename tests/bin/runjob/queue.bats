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

# ours NAME: the processes of this name that work on this test's state.
ours() {
	local pid
	for pid in $(pgrep -x "$1"); do
		tr '\0' '\n' 2>/dev/null <"/proc/$pid/environ" | grep -qx "HOOKTOOLS_STATE=$HOOKTOOLS_STATE" &&
			echo "$pid"
	done
	return 0
}

none_left() { [ -z "$(ours runjob-shim)$(ours runjob-queue)" ]; }

# specs FROM TO [MEMBERS]: a line for each number, which it writes down; the first ones wait to be let go.
specs() {
	local i
	for i in $(seq "$1" "$2"); do
		printf '{"id":"01a00000-0000-7000-8000-%012d","exec":["/bin/sh","-c","echo %d >>ran"],"dir":"%s"%s}\n' \
			"$i" "$i" "$BATS_TEST_TMPDIR" "${3:-}"
	done
}

id() { printf '01a00000-0000-7000-8000-%012d' "$1"; }

# holder FIFO [OPTION...]: a job that goes on once something is written to the fifo.
holder() { runjob start "${@:2}" -- sh -c "read -r x <$1"; }

is_dead() { ! grep -qs '^State:.[^ZX]' "/proc/$1/status"; }

is_another() { [ "$(cat "$queue/keeper")" -gt 0 ] && [ "$(cat "$queue/keeper")" != "$1" ]; }

all_over() { [ "$(cat "$HOOKTOOLS_STATE"/jobs/*/*/status.json | jq -r .state | sort -u)" = ok ]; }

# bats test_tags=F2_25,FX_4,F2_26
@test "runjob start -: jobs that wait cost files, and lose nothing when who starts them is killed or stopped" {
	export HOOKTOOLS_JOBS_MAX=2
	local first second keeper
	first=$(holder one)
	second=$(holder two)
	wait_until has_state "$second" running
	specs 1 200 | runjob start - >replies
	[ "$(jq -r .ok replies | grep -c true)" -eq 200 ]
	[ "$(find "$queue/waiting" -type l | wc -l)" -eq 200 ]
	[ "$(ours runjob-shim | wc -l)" -eq 2 ]
	[ "$(ours runjob-queue | wc -l)" -eq 1 ]
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
