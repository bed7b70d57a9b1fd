load ../../helper

# Numbers of processes come round again: whoever has one of a job's then is left alone.

# The pid namespace of the test ends all that is left in it.
inside() {
	unshare --pid --fork --mount-proc --kill-child bash -euo pipefail -c "$1" _ "$BATS_TEST_TMPDIR"
}

setup() {
	unshare --pid --fork --mount-proc true 2>/dev/null || skip "no pid namespace may be made here"
}

# With the number of $1 as its own, a process that says so to the file stranger.
# shellcheck disable=SC2016 # for the shell inside
stranger='
stranger() {
	local number=$1
	echo $((number - 1)) >/proc/sys/kernel/ns_last_pid
	sleep 1000 3>&- &
	[ "$!" -eq "$number" ]
}
state() { runjob show "$1" | jq -r .state; }
until_state() { until [ "$(state "$1")" = "$2" ]; do read -rt 0.02 <> <(:) || true; done; }
dead() { until ! grep -qs "^State:.[^ZX]" "/proc/$1/status"; do read -rt 0.02 <> <(:) || true; done; }
'

# shellcheck disable=SC2016 # for the shell inside
@test "runjob stop, recover: a stranger with the number of a supervisor or of a job is not touched" {
	for containment in "" no; do
		[ -z "$containment" ] || export HOOKTOOLS_CGROUP=no
		run -0 timeout 60 bash -c "$(declare -f inside); BATS_TEST_TMPDIR=\$1 inside \"\$2\"" _ "$BATS_TEST_TMPDIR" "$stranger"'
			id=$(runjob start -- sleep 1000)
			until_state "$id" running
			folder=$(echo "$HOOKTOOLS_STATE"/jobs/*/"$id")
			supervisor=$(cat "$folder/lock")
			read -r leader _ <"$folder/pid"
			kill -KILL "$supervisor"
			dead "$supervisor"
			kill -KILL "$leader"
			dead "$leader"
			# Whoever is reaped first gives its number back first.
			wait 2>/dev/null || true
			for number in "$supervisor" "$leader"; do stranger "$number"; done
			runjob stop --grace 0 "$id" || [ $? -le 1 ]
			runjob recover
			until_state "$id" lost
			! runjob wait "$id"
			runjob stop --grace 0 "$id" || [ $? -eq 1 ]
			kill -0 "$supervisor"
			kill -0 "$leader"
			echo "both live"'
		[[ "$output" == *"both live"* ]]
	done
}
