load ../../helper
load nobody

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	[ "$(id -u)" -eq 0 ] || skip "root is one half of this, and becomes the other"
	mkfifo fifo
	mine=$(mktemp -d)
}

teardown() {
	[ -z "${mine:-}" ] || rm -rf "$mine"
}

status_of() {
	runjob list --limit 1 | jq -r "$1"
}

# gone PID: it has ended; one that nobody has reaped yet has, too.
gone() {
	! grep -qs '^State:.[^ZX]' "/proc/$1/status"
}

has_state() {
	[ "$(runjob show "$1" | jq -r .state)" = "$2" ]
}

# What a job in any sandbox finds; it runs in a folder of its own.
look='exec 2>&1
echo "processes $(ls -d /proc/[0-9]* | wc -l)"
echo "privileges $(sed -n "s/^NoNewPrivs:.//p" /proc/self/status)"
ls -A /tmp | grep -vx "$(pwd | cut -d/ -f3)"
touch mine && echo "folder ok"
touch /tmp/mine /var/tmp/mine /dev/shm/mine && echo "scratch ok"
touch /etc/mine || echo "system $?"
echo x >"$1/mine" && echo "writable ok"
cat "$2" "$3"/jobs/*/*/spec.json && echo "state seen"
ls /dev | tr "\n" " "
cat /dev/null && echo x >/dev/null && echo "devices ok"
kill -0 "$4" || echo "others $?"'

found() {
	[[ $output =~ processes\ [2-6]$'\n' ]]
	[[ $output == *$'privileges 1\n'* ]]
	[[ $output == *$'folder ok\nscratch ok\n'* ]]
	[[ $output == *"Read-only file system"*$'system 1\nwritable ok\n'* ]]
	[[ $output != *"state seen"* && $output != *sesame* ]]
	[[ $output == *"fd full null ptmx pts random shm stderr stdin stdout tty urandom zero devices ok"* ]]
	[[ $output == *"others 1" ]]
	[ ! -e /tmp/mine ] && [ ! -e /var/tmp/mine ] && [ ! -e /dev/shm/mine ] && [ ! -e /etc/mine ]
}

# bats test_tags=F2_72
@test "runjob run --sandbox default: the job's own is all that it changes, and ours it does not see" {
	mkdir job open
	echo sesame >"$HOOKTOOLS_CONF/hooktools.key"
	run -0 runjob run -d job --sandbox default --writable "$PWD/open" -- \
		sh -c "$look" sh "$PWD/open" "$HOOKTOOLS_CONF/hooktools.key" "$HOOKTOOLS_STATE" $$
	found
	[ -e job/mine ] && [ -e open/mine ]
	[ "$(status_of '.sandbox, .sandbox_lacks' | tr '\n' ' ')" = "default null " ]
	# State outside of /tmp, too, and a job inside of it; root has no right that would undo it.
	mkdir -p "/var/lib/hooktools-test.$$/space"
	export HOOKTOOLS_STATE=/var/lib/hooktools-test.$$
	run -0 runjob run -d "$HOOKTOOLS_STATE/space" --sandbox default -- sh -c 'touch made; ls -A "$HOOKTOOLS_STATE"
		umount "$HOOKTOOLS_STATE" || mount -o remount,rw / || mknod disk b 8 0 || touch "$HOOKTOOLS_STATE/x" || echo refused; grep ^CapEff /proc/self/status'
	[ -e "$HOOKTOOLS_STATE/space/made" ]
	rm -rf "$HOOKTOOLS_STATE"
	[ "${lines[0]}" = space ]
	[[ $output == *refused* && $output == *"CapEff:	00000000a0"* ]]
}

@test "runjob run --sandbox default: so it is for who is not root" {
	as_nobody mkdir "$mine/job/open"
	run -0 as_nobody runjob run -d "$mine/job" --sandbox default --writable "$mine/job/open" -- \
		sh -c "$look" sh "$mine/job/open" "$mine/conf/hooktools.key" "$mine/state" $$
	found
	[ "$(as_nobody runjob list | jq -r .sandbox)" = default ]
	run -0 --separate-stderr as_nobody runjob run -d "$mine/job" --sandbox strict -- sh -c 'id -u; ls /home /root "$HOME" >/dev/null 2>&1 || echo closed'
	[ "$output" = $'65534\nclosed' ]
}

@test "runjob run --sandbox: the exit status and the signal are the job's own, in a cgroup and without" {
	local cgroup
	for cgroup in "" no; do
		HOOKTOOLS_CGROUP=$cgroup run -3 runjob run --sandbox default -- sh -c 'exit 3'
		HOOKTOOLS_CGROUP=$cgroup run -137 runjob run --sandbox strict -- sh -c 'kill -KILL $$'
		[ "$(status_of .signal)" -eq 9 ]
		HOOKTOOLS_CGROUP=$cgroup run -127 runjob run --sandbox strict -- /no/such/program
		# The pid on record is the job's, and what it leaves behind ends with it.
		rm -f out
		HOOKTOOLS_CGROUP=$cgroup runjob run --sandbox default -- \
			sh -c 'trap "exit 9" TERM; setsid sh -c "trap exit TERM; while :; do read -r x <>fifo; done" & echo ready; while :; do read -r x <>fifo; done' >out 3>&- &
		local job=$! id
		wait_until grep -q ready out
		id=$(runjob list --limit 1 | jq -r .id)
		[ "$(tr '\0' ' ' <"/proc/$(runjob show "$id" | jq .pid)/cmdline" | cut -d' ' -f1,2)" = "sh -c" ]
		run -0 timeout 5 runjob stop "$id"
		status=0
		wait "$job" || status=$?
		[ "$status" -eq 9 ]
		[ "$(status_of '.state')" = cancelled ]
	done
}

@test "runjob run --sandbox: whoever kills the supervisor ends the job" {
	local id pid
	id=$(runjob start --sandbox default -- sh -c 'setsid sh -c "read -r x <fifo" & read -r x <fifo')
	wait_until has_state "$id" running
	wait_until pgrep -f "runjob-shim $id"
	pid=$(runjob show "$id" | jq .pid)
	kill -9 "$(pgrep -o -f "runjob-shim $id")"
	wait_until gone "$pid"
	run -0 runjob recover
	wait_until has_state "$id" lost
}

# bats test_tags=F2_72
@test "runjob run --sandbox strict: nobody, no network, few files, few system calls" {
	local calls='use POSIX; for (qw(165 101 175 246 321 298 250 272 308 425)) { $! = 0; syscall($_, 0, 0, 0, 0, 0); push @e, $!+0 } print "@e\n";
		$! = 0; syscall(56, 0x10000000|17, 0, 0, 0, 0); print $!+0, "\n"; socket(S, 40, 1, 0) or print "vsock ", $!+0, "\n"'
	mkdir -m 777 job
	echo sesame >"$HOME/private"
	chmod -R go+rX .
	start_server web perl -MIO::Socket::INET -e '$| = 1; $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1", Listen => 1); print "listening on 127.0.0.1:", $s->sockport, "\n"; $s->accept'
	run -0 runjob run -d job --sandbox strict --writable "$HOME/private" -- sh -c 'id -u; echo $USER; cat "$1"; touch mine && ls' sh "$HOME/private"
	[ "$output" = $'65534\nnobody\nsesame\nmine' ]
	run -0 runjob run -d job --sandbox strict -- sh -c 'cat "$1"; ls /home 2>&1; (: <>/dev/tcp/x) 2>/dev/null; perl -MIO::Socket::INET -e "print IO::Socket::INET->new(PeerAddr => shift) ? q(reached) : q(apart), qq(\n)" "$2"; ls /sys/class/net; grep ^Cap /proc/self/status | cut -f2 | sort -u' sh "$HOME/private" "${server_url#http://}"
	stop_servers
	[[ $output != *sesame* && $output == *"/home': Permission denied"* ]]
	[[ $output == *$'\napart\n'* && $output == *$'\n0000000000000000' ]]
	[ "$(status_of '.sandbox, .sandbox_lacks' | tr '\n' ' ')" = "strict null " ]
	if [ "$(uname -m)" = x86_64 ]; then
		run -0 runjob run --sandbox strict -d job -- perl -e "$calls"
		[ "$output" = $'1 1 1 1 1 1 1 1 1 1\n1\nvsock 1' ]
	fi
	run -1 --separate-stderr runjob run --sandbox strict --user root -- touch ran
	[ "$stderr" = "runjob: failed: sandbox 'strict': no job runs as root in it" ]
	[ ! -e ran ]
}

@test "runjob run --sandbox: what the machine lacks is named, and the job refused unless relaxed" {
	# A user namespace whose root makes no more pid namespaces.
	poor() {
		unshare --user --map-root-user --mount sh -c 'echo 0 >/proc/sys/user/max_pid_namespaces && exec "$@"' sh "$@"
	}
	poor true || skip "no user namespaces here"
	run -1 --separate-stderr poor runjob run --sandbox default -- touch ran
	[ "$stderr" = "runjob: failed: sandbox 'default': make namespaces (pid, mount, ipc): No space left on device" ]
	[ ! -e ran ]
	run -0 --separate-stderr poor runjob run --sandbox default,best-effort -- touch ran
	[ -e ran ]
	[ "$(status_of '.sandbox + " " + .sandbox_lacks')" = "default namespaces" ]
	run -1 --separate-stderr runjob run --sandbox default --writable /no/such/place -- true
	[ "$stderr" = "runjob: failed: sandbox 'default': no '/no/such/place' to write in" ]
	run -1 --separate-stderr runjob run --sandbox default --writable "$HOOKTOOLS_STATE" -- true
	[ "$stderr" = "runjob: failed: sandbox 'default': '$HOOKTOOLS_STATE' is hooktools' own, and no job in a sandbox sees it" ]
	run -64 runjob run --sandbox cosy -- true
	run -64 runjob run --sandbox none,best-effort -- true
	# The operator's choice, unless the job says otherwise; a pipeline is none, and its tasks are.
	echo 'HOOKTOOLS_SANDBOX=default' >"$HOOKTOOLS_CONF/hooktools.conf"
	run -0 runjob run -- true
	[ "$(status_of .sandbox)" = default ]
	run -0 runjob run --sandbox none -- true
	[ "$(status_of .sandbox)" = none ]
	run -0 runjob start - <<<'{"id":"'"$job_ids"'000000000001","pipeline":"p","tasks":[{"id":"a","exec":["true"]}]}'
	run -0 runjob wait "${job_ids}000000000001"
	[ "$(runjob list | jq -rs 'map(select(.name)) | map(.name + " " + .sandbox) | sort | join(",")')" = "p none,p/a default" ]
	echo 'HOOKTOOLS_SANDBOX=cosy' >"$HOOKTOOLS_CONF/hooktools.conf"
	run -78 --separate-stderr runjob run -- true
	[[ $stderr == "runjob: HOOKTOOLS_SANDBOX: 'cosy' is no sandbox"* ]]
}

@test "runjob run --secret-file: a file in memory that goes with the job, in each sandbox" {
	local sandbox
	make_key
	printf sesame | tokenmint vault put global/key
	mkdir -m 777 job
	for sandbox in none default strict; do
		run -0 --separate-stderr runjob run -d / --sandbox $sandbox --user nobody --secret-file KEY=global/key -- \
			sh -c 'cat "$KEY"; stat -Lc " %a %U" "$KEY"; echo x 2>/dev/null >"$KEY" || echo kept'
		[ "$output" = $'sesame 400 nobody\nkept' ]
	done
	[ ! -e /tmp/.secrets ]
	run -0 runjob run -d job --sandbox default --secret-file KEY=global/key -- sh -c 'echo "$KEY"; ls -A /tmp/.secrets'
	[ "$output" = $'/tmp/.secrets/KEY\nKEY' ]
	run -1 grep -rs --exclude=log sesame "$HOOKTOOLS_STATE/jobs"
	run -0 runjob env "$(runjob list --limit 1 | jq -r .id)"
	grep -qx 'KEY=(the secret global/key)' <<<"$output"
	run -1 runjob run --secret-file KEY=global/not-there -- touch ran
}
