load ../../helper
load ../../fake/helper

setup_file() {
	make_app_key
}

setup() {
	start_github
	add_app
	policy=$HOOKTOOLS_CONF/agent.policy
	audit=$HOOKTOOLS_STATE/audit.ndjson
	# In the kernel a socket's path has 108 bytes.
	sockets=$(mktemp -d)
	socket=$sockets/agent.sock
}

teardown() {
	stop_servers
	rm -rf "$sockets"
}

# Starts an agent with the policy on standard input.
start_agent() {
	cat >"$policy"
	start_server "$BATS_TEST_TMPDIR/agent.log" tokenmint agent -l "unix:$socket"
	agent_pid=$server_pid
}

# Sends lines to the agent, and prints what it answers.
ask() {
	printf '%s\n' "$@" | socat -t 5 - "UNIX-CONNECT:$socket"
}

age() {
	tokenmint vault get "$1" >"$BATS_TEST_TMPDIR/aged"
	tokenmint vault put "$1" --expires "$2" <"$BATS_TEST_TMPDIR/aged"
}

asked_scopes() {
	cat "$github"/tokens/* | jq -cS .asked | sort
}

# bats test_tags=FX_10
@test "tokenmint: an agent gives its users what the policy grants, and get asks it" {
	start_agent <<<"user $(id -un): repository acme/site, contents=read"
	run -0 --separate-stderr tokenmint get acme/site --agent "$socket"
	[[ $output == ghs_* ]]
	[ -z "$stderr" ]
	first=$output
	HOOKTOOLS_AGENT=$socket run -0 tokenmint get acme --json
	[ "$(jq -r .token <<<"$output")" = "$first" ]
	[ "$(jq -r '.owner, .app, .installation_id' <<<"$output" | tr '\n' ' ')" = 'acme main 42 ' ]
	run -0 asked_scopes
	[ "$output" = '{"permissions":{"contents":"read"},"repositories":["site"]}' ]
}

# bats test_tags=FX_10
@test "tokenmint: what no line of the policy grants is refused, with the reason" {
	start_agent <<-END
		# comment
		user $(id -u): repository acme/site, repository acme/lib, contents=read, checks=write
		user nobody: owner acme, everything
	END
	for wrong in 'acme/other' 'beta' 'acme/site -p contents=write' 'acme/site -p issues=read' 'acme -r other' 'acme --app main'; do
		# shellcheck disable=SC2086
		run -77 --separate-stderr tokenmint get --agent "$socket" $wrong
		[ -z "$output" ]
		[[ $stderr == *"no line of the policy grants uid $(id -u)"* ]]
	done
	run -0 tokenmint get acme/lib -p checks=read --agent "$socket"
	run -0 tokenmint get acme --agent "$socket"
	run -0 asked_scopes
	[ "$output" = '{"permissions":{"checks":"read"},"repositories":["lib"]}
{"permissions":{"checks":"write","contents":"read"},"repositories":["lib","site"]}' ]
}

@test "tokenmint: lines for groups and owners, and everything" {
	start_agent <<<"group $(id -gn): owner ACME, everything"
	run -0 tokenmint get acme/site --agent "$socket"
	run -0 tokenmint get acme --agent "unix:$socket"
	run -0 asked_scopes
	[ "$output" = 'null
{"repositories":["site"]}' ]
}

@test "tokenmint: nobody else's line serves" {
	start_agent <<<'user nobody: owner acme, everything'
	[ "$(id -u)" -ne 65534 ] || skip "we are nobody"
	run -77 --separate-stderr tokenmint get acme --agent "$socket"
	[[ $stderr == *"no line of the policy is for uid $(id -u)"* ]]
}

@test "tokenmint: another user is known by the kernel, not by what it says" {
	[ "$(id -u)" -eq 0 ] || skip "wants to be root"
	start_agent <<<'user nobody: repository acme/site, contents=read'
	chmod 755 "$sockets"
	run -0 setpriv --reuid 65534 --regid 65534 --clear-groups \
		socat -t 5 - "UNIX-CONNECT:$socket" <<<'{"get":"","uid":0}'
	[[ $output == *'"token":"ghs_'* ]]
	run -77 tokenmint get acme --agent "$socket"
}

# bats test_tags=FX_10
@test "tokenmint: git works with the agent's socket" {
	start_agent <<<"user $(id -u): owner acme, contents=write"
	export HOOKTOOLS_AGENT=$socket
	run -0 tokenmint git-credential get <<<$'protocol=https\nhost=github.com\n'
	[[ $output == *password=ghs_* ]]
	first=$(sed -n 's/^password=//p' <<<"$output")
	run -0 tokenmint git-credential erase <<<$'protocol=https\nhost=github.com\npassword='"$first"$'\n'
	run -0 tokenmint git-credential get <<<$'protocol=https\nhost=github.com\n'
	second=$(sed -n 's/^password=//p' <<<"$output")
	[ "$second" != "$first" ]
	# Again at once: who loops gets no token each time.
	run -0 tokenmint git-credential erase <<<$'protocol=https\nhost=github.com\npassword='"$second"$'\n'
	run -0 tokenmint git-credential get <<<$'protocol=https\nhost=github.com\n'
	[ "$(sed -n 's/^password=//p' <<<"$output")" = "$second" ]
	[ "$(minted)" -eq 2 ]
}

@test "tokenmint: without a name the agent gives what there is, unless there are several owners" {
	echo beta >"$github/installations/43"
	start_agent <<-END
		user $(id -u): owner acme, contents=read
		user $(id -u): owner beta, contents=read
	END
	run -0 ask '{"get":""}'
	[ "$(jq -r .error <<<"$output")" = usage ]
	run -0 ask '{"get":"beta"}'
	[ "$(jq -r .owner <<<"$output")" = beta ]
}

@test "tokenmint: one connection asks often, and is answered in order" {
	start_agent <<<"user $(id -u): owner acme, contents=read"
	run -0 ask '{"get":"acme"}' 'nonsense' '{"get":"acme/site"}' '{"get":"beta"}' '{"take":"acme"}' '{"get":"acme"}'
	[ "${#lines[@]}" -eq 6 ]
	[ "$(jq -r '.error // "token"' <<<"$output" | tr '\n' ' ')" = 'token data token denied data token ' ]
	[ "$(minted)" -eq 2 ]
}

# bats test_tags=FX_9
@test "tokenmint: an agent that is asked by fifty at once mints once" {
	start_agent <<<"user $(id -u): owner acme, contents=read"
	pids=()
	for n in $(seq 50); do
		tokenmint get acme --agent "$socket" >"$BATS_TEST_TMPDIR/token.$n" 3>&- &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do wait "$pid"; done
	[ "$(minted)" -eq 1 ]
	[ "$(sort -u "$BATS_TEST_TMPDIR"/token.* | wc -l)" -eq 1 ]
	[ "$(cat "$BATS_TEST_TMPDIR"/token.* | wc -l)" -eq 50 ]
}

@test "tokenmint: the agent tells GitHub's failures, and asks again" {
	start_agent <<<"user $(id -u): owner acme, contents=read"
	echo 502 >"$github/fail"
	run -75 --separate-stderr tokenmint get acme --agent "$socket"
	[[ $stderr == *502* ]]
	rm "$github/fail"
	wait_until tokenmint get acme --agent "$socket"
}

@test "tokenmint: the agent renews what has less left than is asked for" {
	start_agent <<<"user $(id -u): owner acme, everything"
	run -0 tokenmint get acme --agent "$socket"
	first=$output
	age installation/42 20m
	changed() { [ "$(tokenmint get acme --agent "$socket")" != "$first" ]; }
	wait_until changed
	[ "$(minted)" -eq 2 ]
}

@test "tokenmint: SIGHUP reads the policy again; a wrong one changes nothing" {
	start_agent <<<"user $(id -u): repository acme/site, contents=read"
	run -77 tokenmint get acme/lib --agent "$socket"
	echo "user $(id -u): repository acme/lib, contents=read" >"$policy"
	kill -HUP "$agent_pid"
	wait_until tokenmint get acme/lib --agent "$socket"
	run -77 tokenmint get acme/site --agent "$socket"
	echo 'user nobody-of-that-name: owner acme, everything' >"$policy"
	kill -HUP "$agent_pid"
	wait_until grep -q 'nobody-of-that-name.*stays' "$BATS_TEST_TMPDIR/agent.log"
	run -0 tokenmint get acme/lib --agent "$socket"
}

@test "tokenmint: a policy that is wrong says in which line" {
	for wrong in 'user nobody: owner acme' 'nobody: owner acme, everything' 'user nobody: everything' \
		'user nobody: repository acme, everything' 'user nobody: owner acme, contents=rwx' \
		'user nobody: owner acme, everything, contents=read' 'user nobody owner acme' \
		'user nobody: repository a/x, repository b/y, everything' 'group no-such: owner acme, everything'; do
		printf '# first\n\n%s\n' "$wrong" >"$policy"
		run -78 --separate-stderr tokenmint agent --check
		[[ $stderr == *"agent.policy:3: "* ]]
	done
	echo 'user nobody: owner acme, app main, contents=read, metadata=read' >"$policy"
	run -0 tokenmint agent --check
	chmod 666 "$policy"
	run -77 --separate-stderr tokenmint agent --check
	[[ $stderr == *'others could write it'* ]]
	rm "$policy"
	run -78 --separate-stderr tokenmint agent -l "unix:$socket"
	[[ $stderr == *'no policy'* ]]
	run -78 --separate-stderr tokenmint agent --policy "$BATS_TEST_TMPDIR/none" --check
}

@test "tokenmint: the agent wants a local socket" {
	echo '# nobody' >"$policy"
	run -64 --separate-stderr tokenmint agent
	[[ $stderr == *'-l unix:PATH'* ]]
	run -64 --separate-stderr tokenmint agent -l 127.0.0.1:0
	[[ $stderr == *'unix:PATH'* ]]
	run -75 --separate-stderr tokenmint get acme --agent "$sockets/none"
	[[ $stderr == *"ask the agent at"* ]]
}

@test "tokenmint: the agent takes systemd's socket" {
	echo "user $(id -u): owner acme, contents=read" >"$policy"
	python3 - "$socket" tokenmint agent 3>&- >"$BATS_TEST_TMPDIR/agent.log" 2>&1 <<-'END' &
		import os, socket, sys
		s = socket.socket(socket.AF_UNIX)
		s.bind(sys.argv[1])
		s.listen()
		os.dup2(s.fileno(), 3)
		os.set_inheritable(3, True)
		os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
		os.execvp(sys.argv[2], sys.argv[2:])
	END
	echo $! >>"$BATS_TEST_TMPDIR/servers"
	wait_until grep -q "listening on unix:$socket" "$BATS_TEST_TMPDIR/agent.log"
	run -0 tokenmint get acme --agent "$socket"
}

@test "tokenmint: one user's connections are bounded, and the reason is told" {
	start_agent <<<"user $(id -u): owner acme, contents=read"
	run -0 timeout 60 python3 - "$socket" <<-'END'
		import socket, sys
		all = []
		for _ in range(128):
		    s = socket.socket(socket.AF_UNIX)
		    s.connect(sys.argv[1])
		    all.append(s)
		all[127].sendall(b'{"get":"acme"}\n')
		assert '"token"' in all[127].makefile().readline()
		s = socket.socket(socket.AF_UNIX)
		s.connect(sys.argv[1])
		print(s.makefile().read())
		all[0].close()
		while True:
		    s = socket.socket(socket.AF_UNIX)
		    s.connect(sys.argv[1])
		    try:
		        s.sendall(b'{"get":"acme"}\n')
		        if '"token"' in s.makefile().readline():
		            break
		    except BrokenPipeError:
		        pass
	END
	[[ $output == *temporary*'too many connections'* ]]
}

@test "tokenmint: a request has its length, and the next client is served" {
	start_agent <<<"user $(id -u): owner acme, contents=read"
	run -0 sh -c "head -c 100000 /dev/zero | tr '\\0' x | socat -t 5 - 'UNIX-CONNECT:$socket' 2>/dev/null || true"
	[[ $output == *'16384 bytes at most'* ]]
	run -0 ask "{\"get\":\"acme\",\"repositories\":[$(seq -s, -f '"r%g"' 65)]}"
	[ "$(jq -r .error <<<"$output")" = data ]
	run -0 ask '{"get":"acme","min_ttl_s":9999}'
	[ "$(jq -r .error <<<"$output")" = data ]
	run -0 ask '{"get":"--json"}'
	[ "$(jq -r .error <<<"$output")" = data ]
	run -0 ask '{"get":"acme","app":"-x"}'
	[ "$(jq -r .error <<<"$output")" = data ]
	run -0 tokenmint get acme --agent "$socket"
}

# bats test_tags=FX_10
@test "tokenmint: the audit file has whom a token was given to, and refusals, a bounded number" {
	start_agent <<<"user $(id -u): owner acme, contents=read"
	for _ in 1 2 3; do tokenmint get acme --agent "$socket" >"$BATS_TEST_TMPDIR/token"; done
	run -0 jq -r 'select(.event == "give") | .hashed_token' "$audit"
	[ "$output" = "$(tr -d '\n' <"$BATS_TEST_TMPDIR/token" | openssl dgst -sha256 -binary | base64)" ]
	requests=()
	for _ in $(seq 100); do requests+=('{"get":"beta"}'); done
	run -0 ask "${requests[@]}"
	[ "${#lines[@]}" -eq 100 ]
	[ "$(jq -r 'select(.event == "refuse") | .asked' "$audit" | wc -l)" -eq 10 ]
	run -0 jq -r 'select(.event == "refuse") | .reason' "$audit"
	[[ ${lines[0]} == *'no line of the policy grants'* ]]
	! grep -q ghs_ "$audit" "$BATS_TEST_TMPDIR/agent.log" || return 1
	[ "$(stat -c %a "$audit")" = 600 ]
}

@test "tokenmint: the agent ends at SIGTERM, and starts over its old socket" {
	start_agent <<<"user $(id -u): owner acme, contents=read"
	kill -KILL "$agent_pid"
	wait "$agent_pid" || true
	[ -S "$socket" ]
	start_agent <<<"user $(id -u): owner acme, contents=read"
	run -0 tokenmint get acme --agent "$socket"
	kill -TERM "$agent_pid"
	status=0
	wait "$agent_pid" || status=$?
	[ "$status" -eq 0 ]
}

@test "tokenmint: who asks and does not read is not answered without end, and holds up nobody" {
	start_agent <<<"user $(id -u): owner acme, contents=read"
	run -0 timeout 60 python3 - "$socket" "$agent_pid" <<-'END'
		import socket, sys
		def connect():
		    s = socket.socket(socket.AF_UNIX)
		    s.connect(sys.argv[1])
		    return s
		deaf = connect()
		deaf.setblocking(False)
		sent = 0
		try:
		    while sent < 100_000_000:
		        sent += deaf.send(b'{"get":"acme"}\n' * 100)
		except BlockingIOError:
		    pass
		other = connect()
		other.sendall(b'{"get":"acme"}\n')
		assert '"token"' in other.makefile().readline()
		memory = [l for l in open(f"/proc/{sys.argv[2]}/status") if l.startswith("VmRSS")]
		assert int(memory[0].split()[1]) < 50_000, memory
		# It may read after all.
		deaf.setblocking(True)
		deaf.shutdown(socket.SHUT_WR)
		answers = deaf.makefile().read().splitlines()
		assert len(answers) == sent // 15, (len(answers), sent)
	END
}
