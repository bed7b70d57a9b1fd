load ../helper

# What is promised: an accepted event (202) is routed, whatever dies in between.

setup() {
	make_key
	secret=$BATS_TEST_TMPDIR/secret
	printf 'correct horse' >"$secret"
	run -0 --separate-stderr hookrecv add acme/site -p github --secret-file "$secret" --json
	hook_path=$(jq -r .path <<<"$output")
	ran=$BATS_TEST_TMPDIR/ran
	echo '{"exec":["runjob","start","-"],"in_flight":64}' >"$HOOKTOOLS_CONF/consumers.d/runjob.json"
	cat >"$HOOKTOOLS_CONF/routes.d/10-all.jq" <<-EOF
		select(.event == "push") | {to: "runjob", send: {
			exec: ["/bin/sh", "-c", "echo \"\$1\" >>\"\$0\"", "$ran", .id]}}
	EOF
	: >"$ran"
}

teardown() {
	stop_servers
	runjob list --state running --json 2>/dev/null | jq -r .id | xargs -r -n 1 runjob stop >/dev/null 2>&1 || true
}

# prepare FROM TO: signed pushes with these numbers, for send.
prepare() {
	local i config=$BATS_TEST_TMPDIR/curl.$1
	: >"$config"
	for ((i = $1; i <= $2; i++)); do
		printf '{"ref":"refs/heads/main","n":%d}' "$i" >"$BATS_TEST_TMPDIR/body.$i"
		hookrecv sign -p github --secret-file "$secret" --event push --delivery "delivery-$i" \
			<"$BATS_TEST_TMPDIR/body.$i" >"$BATS_TEST_TMPDIR/head.$i"
		cat >>"$config" <<-EOF
			url = "$server_url$hook_path"
			header = "@$BATS_TEST_TMPDIR/head.$i"
			data-binary = "@$BATS_TEST_TMPDIR/body.$i"
			output = /dev/null
			write-out = "%{stderr}%{http_code}\n"
			next
		EOF
	done
	sed -i '$d' "$config"
}

# send FROM: what was prepared from there on, 16 in parallel; each status as it comes.
send() {
	curl --silent --no-progress-meter --parallel --parallel-immediate --parallel-max 16 \
		--config "$BATS_TEST_TMPDIR/curl.$1" 2>>"$BATS_TEST_TMPDIR/statuses"
}

run_router() {
	hookroute run >>"$BATS_TEST_TMPDIR/hookroute.log" 2>&1 3>&- &
	router=$!
	echo "$router" >>"$BATS_TEST_TMPDIR/servers"
}

kill_router() {
	kill -KILL "$router"
	wait "$router" 2>/dev/null || true
}

at_least() { [ "$(wc -l <"$1")" -ge "$2" ]; }

nothing_open() { [ -z "$(find "$HOOKTOOLS_STATE"/spool/{new,cur,defer} -type f -print -quit)" ]; }

# bats test_tags=FX_2,F0_11
@test "flow: 1,000 deliveries, the router killed twice, each job runs once" {
	start_server "$BATS_TEST_TMPDIR/hookrecv.log" hookrecv -l 127.0.0.1:0
	run_router
	prepare 1 400
	send 1
	wait_until at_least "$ran" 50
	kill_router
	run_router
	prepare 401 1000
	send 401
	wait_until at_least "$ran" 450
	kill_router
	run_router
	[ "$(sort "$BATS_TEST_TMPDIR/statuses" | uniq -c | sed 's/ *//')" = "1000 202" ]
	WAIT_LIMIT=120 wait_until at_least "$ran" 1000
	WAIT_LIMIT=60 wait_until nothing_open
	[ "$(wc -l <"$ran")" -eq 1000 ]
	[ "$(sort -u "$ran" | wc -l)" -eq 1000 ]
	[ -z "$(find "$HOOKTOOLS_STATE/spool/dead" -type f)" ]
}

# bats test_tags=FX_2
@test "flow: what the receiver acknowledged before kill -9 is in the spool" {
	start_server "$BATS_TEST_TMPDIR/hookrecv.log" hookrecv -l 127.0.0.1:0
	prepare 1 300
	: >"$BATS_TEST_TMPDIR/statuses"
	send 1 3>&- &
	sender=$!
	wait_until at_least "$BATS_TEST_TMPDIR/statuses" 20
	kill -KILL "$server_pid"
	wait "$sender" || true
	accepted=$(grep -c 202 "$BATS_TEST_TMPDIR/statuses")
	cat "$HOOKTOOLS_STATE"/spool/new/* >"$BATS_TEST_TMPDIR/stored"
	jq -e . "$BATS_TEST_TMPDIR/stored" >/dev/null
	[ "$(wc -l <"$BATS_TEST_TMPDIR/stored")" -ge "$accepted" ]
	[ "$(jq -r .delivery "$BATS_TEST_TMPDIR/stored" | sort | uniq -d | wc -l)" -eq 0 ]
}
