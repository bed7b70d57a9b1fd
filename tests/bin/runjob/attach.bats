load ../../helper
load nobody

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkfifo keys
	mine=
}

teardown() {
	[ -z "${id:-}" ] || runjob stop --grace 0ms "$id" || true
	[ -z "${mine:-}" ] || rm -rf "$mine"
}

has_state() {
	[ "$(runjob show "$1" | jq -r .state)" = "$2" ]
}

begin() {
	id=$(runjob start "$@" -- sleep 1000)
	wait_until has_state "$id" running
}

# seen N TEXT: so often on the terminal
seen() {
	[ "$(grep -c "$2" screen)" -eq "$1" ]
}

# bats test_tags=F2_5
@test "runjob attach: a command in the job's namespaces, cgroup, user, folder and environment" {
	local options
	mkdir -m 777 job
	for options in "" "--sandbox default" "--sandbox strict"; do
		# shellcheck disable=SC2086
		begin -d job -e MARK=here $options
		printf 'one\ntwo' >input
		run -5 runjob attach "$id" -- sh -c 'cat >&2; echo "$MARK $(pwd) $(id -u)"; exit 5' <input
		[ "${output//$'\n'/ }" = "one two$(printf '%s' "here $PWD/job $(runjob attach "$id" id -u)")" ]
		run -0 runjob attach "$id" -- sh -c 'readlink /proc/self/ns/* | grep -v time | sort -u; grep ^0:: /proc/self/cgroup; grep -E "^(Uid|Gid|Cap|NoNew|Seccomp:)" /proc/self/status'
		local pid
		pid=$(runjob show "$id" | jq .pid)
		diff <(readlink "/proc/$pid"/ns/* | grep -v time | sort -u; grep ^0:: "/proc/$pid/cgroup"; \
			grep -E "^(Uid|Gid|Cap|NoNew|Seccomp:)" "/proc/$pid/status") <(echo "$output")
		run -137 runjob attach "$id" sh -c 'kill -9 $$'
		run -127 --separate-stderr runjob attach "$id" /no/such/program
		[ "$stderr" = "runjob: execute '/no/such/program': No such file or directory" ]
		runjob stop --grace 0ms "$id"
	done
	run -1 --separate-stderr runjob attach "$id" true
	[ "$stderr" = "runjob: job '$id' does not run (cancelled); see runjob shell" ]
	run -64 runjob attach
}

# bats test_tags=F2_42
@test "runjob attach: a terminal that echoes once, has our size, takes Ctrl-C, and is put back" {
	begin --sandbox default
	cat >inner <<'EOF'
trap 'echo interrupted' INT; trap 'echo "size $(stty size)"' WINCH
tty; stty size; read -r line; echo "got $line"
until [ "$line" = over ]; do read -r line; done; exit 6
EOF
	script -qfc "stty rows 33 cols 77; stty -g >before; tty >name
		runjob attach $id sh '$PWD/inner'; echo \$? >status; stty -g >after" screen <keys >/dev/null 3>&- &
	exec 7>keys
	wait_until seen 1 '33 77'
	seen 1 '^/dev/pts/0'
	printf 'hello\r' >&7
	wait_until seen 1 'got hello'
	seen 2 hello
	printf '\003' >&7
	wait_until seen 1 interrupted
	stty -F "$(cat name)" rows 40 cols 100
	# Rows and columns are set one after the other, and each may be told.
	wait_until grep -q 'size 40 100' screen
	printf 'over\r' >&7
	wait_until test -s after
	exec 7>&-
	[ "$(cat status)" -eq 6 ]
	diff before after
}

@test "runjob attach: the terminal is put back when we are killed, and whoever attached ends with the job" {
	begin --sandbox default
	cat >outer <<EOF
stty -g >before
sh -c 'echo \$\$ >pid; exec runjob attach $id sh -c "echo ready; cat"'
until stty -g >after; cmp -s before after; do :; done
echo back
runjob attach $id sh -c 'trap "" TERM HUP; echo again; while :; do sleep 1; done'
echo \$? >status
EOF
	script -qfc 'sh outer' screen <keys >/dev/null 3>&- &
	exec 7>keys
	wait_until seen 1 ready
	kill -9 "$(cat pid)"
	wait_until seen 1 back
	wait_until seen 1 again
	run -0 timeout 10 runjob stop --grace 0ms "$id"
	wait_until test -s status
	exec 7>&-
	[ "$(cat status)" -eq 137 ]
	seen 1 'runjob: the job has ended'
}

# bats test_tags=F2_20
@test "runjob attach: the operator can switch it off" {
	begin
	echo 'HOOKTOOLS_ATTACH=no' >"$HOOKTOOLS_CONF/hooktools.conf"
	run -77 --separate-stderr runjob attach "$id" touch ran
	[ "$stderr" = "runjob: the operator has switched this off: HOOKTOOLS_ATTACH=no" ]
	run -77 runjob shell "$id" <<<'touch ran'
	[ ! -e ran ]
	echo 'HOOKTOOLS_ATTACH=perhaps' >"$HOOKTOOLS_CONF/hooktools.conf"
	run -78 --separate-stderr runjob attach "$id" true
	[ "$stderr" = "runjob: HOOKTOOLS_ATTACH is yes or no, not 'perhaps'" ]
}

# bats test_tags=F2_10
@test "runjob shell: where a failed job ran, without its secrets; runjob env: what it had, without them" {
	make_key
	printf sesame | tokenmint vault put global/key
	mkdir -m 777 job
	run -1 runjob run -d job --sandbox strict -e MARK=here --secret KEY=global/key -- sh -c 'test "${#KEY}" -ne 6'
	local failed
	failed=$(runjob list | jq -r .id)
	run -3 --separate-stderr runjob shell "$failed" <<<'echo "$MARK ${KEY-none} $(pwd) $(id -u)"; ls -d /proc/[0-9]* | wc -l; exit 3'
	[ "${lines[0]}" = "here none $PWD/job 65534" ]
	[ "${lines[1]}" -le 5 ]
	[ "$stderr" = "runjob: left out: KEY (a secret)" ]
	run -0 runjob env "$failed"
	grep -qx MARK=here <<<"$output"
	grep -qx 'KEY=(the secret global/key)' <<<"$output"
	[[ $output != *sesame* ]]
	run -0 runjob env --json "$failed"
	[ "$(jq -c '[.MARK,.KEY]' <<<"$output")" = '["here",{"secret":"global/key"}]' ]
	run -1 grep -rs sesame "$HOOKTOOLS_STATE/jobs"
}

@test "runjob attach: so it is for who is not root" {
	[ "$(id -u)" -eq 0 ] || skip "root becomes nobody here"
	mine=$(mktemp -d)
	local theirs
	theirs=$(as_nobody runjob start -d / --sandbox strict -- sleep 1000)
	wait_until as_nobody sh -c "runjob show $theirs | grep -q '\"state\":\"running\"'"
	run -4 as_nobody runjob attach "$theirs" sh -c 'ls -d /proc/[0-9]* | wc -l; readlink /proc/self/ns/pid; exit 4'
	[ "${lines[1]}" = "$(readlink "/proc/$(as_nobody runjob show "$theirs" | jq .pid)/ns/pid")" ]
	as_nobody runjob stop --grace 0ms "$theirs"
}

# bats test_tags=F2_6,F2_7,F2_10
@test "runjob debug: all about a job, or a pipeline with its tasks, in one archive without secrets" {
	make_key
	printf sesame | tokenmint vault put global/key
	local run=${job_ids}000000000001
	run -0 runjob start - <<<'{"id":"'"$run"'","pipeline":"site","tasks":[{"id":"build-of-a-name-that-is-so-long0","exec":["sh","-c","echo built; echo \"bad: ${#K}\" >&2; exit 3"],"secrets":{"K":"global/key"},"env":{"MARK":"here"}},{"id":"ship","exec":["true"],"needs":{"build-of-a-name-that-is-so-long0":"success"}}]}'
	run -1 runjob wait "$run"
	run -0 runjob debug -o bundle.tar "$run"
	mkdir out
	tar -xf bundle.tar -C out
	cd out/"$run"
	grep -q 'long0: failed' log
	[ "$(jq -r .state status.json)" = failed ]
	[ "$(jq -r .exit_code tasks/build*/status.json)" -eq 3 ]
	diff <(printf 'built\nbad: 6\n') tasks/build*/log
	[ "$(find tasks/build*/events -type f | wc -l)" -eq 2 ]
	grep -qx 'K=(the secret global/key)' tasks/build*/environment
	grep -qx MARK=here tasks/build*/environment
	[ "$(jq -r .spec.secrets.K tasks/build*/usage.json)" = null ]
	jq -e . spec.json usage.json tasks/build*/spec.json >/dev/null
	grep -q "^runjob $(runjob --version | cut -d' ' -f2)" versions
	[ "$(jq -r .event events/*.json | sort -u)" = job ]
	[ ! -e tasks/ship ]
	run -1 grep -rs sesame .
	# One that runs, to a pipe.
	begin --sandbox default
	runjob debug "$id" | tar -tf - >names
	grep -qx "$id/status.json" names
	[ "$(runjob show "$id" | jq -r .containment)" = process-tree ] || grep -q "^$id/cgroup/cgroup.procs" names
	run -1 runjob debug 0195a000-0000-7000-8000-000000000009
}
