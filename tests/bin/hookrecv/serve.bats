load ../../helper
load helper
# shellcheck disable=SC2034 # $socket and $server_url are for the helper

teardown() {
	stop_servers
}

# bats test_tags=F0_4,F0_5,FX_2,F4_15,F4_30
@test "hookrecv: a signed push is answered 202 and is one event of hookevent(5)" {
	add_hook github
	start_hookrecv
	send '{"ref":"refs/heads/main"}' 72d3162e-cc78-11e3-81ab-4c9367dc0958
	[ "$status" -eq 202 ]
	id=$(jq -r .id <<<"$answer")
	[ "$(jq -c . "$HOOKTOOLS_STATE/spool/new/$id" | wc -l)" -eq 1 ]
	jq -e --arg id "$id" --arg hook "$hook" '.id == $id and .hook == $hook and .name == "acme/github" and
		.provider == "github" and .event == "push" and .remote == "127.0.0.1" and
		.delivery == "72d3162e-cc78-11e3-81ab-4c9367dc0958" and
		.payload == {"ref": "refs/heads/main"} and
		(.received_at | test("^[0-9-]{10}T[0-9:]{8}[.][0-9]{3}Z$")) and
		.headers["x-github-event"] == "push" and (.headers | has("x-hub-signature-256") | not) and
		(keys_unsorted == ["id", "hook", "name", "provider", "event", "delivery", "received_at",
			"remote", "key", "headers", "payload"]) and
		(.key | test("^[0-9-]{10}T[0-9:]{8}[.][0-9]{3}Z$"))' "$HOOKTOOLS_STATE/spool/new/$id"
}

@test "hookrecv: the payload is the sender's own bytes" {
	add_hook github
	start_hookrecv
	body='{ "big" : 12345678901234567890123 , "e":1E400,"esc":"\u00e9\ud800\/é" ,"unknown":{"x":[ ]},"dup":1,"dup":2}'
	send "$body"
	[ "$status" -eq 202 ]
	[ "$(payload)" = "$body" ]
}

@test "hookrecv: a line break between tokens becomes a space, so that an event is one line" {
	add_hook github
	start_hookrecv
	send $'{\n  "a": [1,\r\n\t2],\n  "b": "c\\nd"\n}\n'
	[ "$status" -eq 202 ]
	[ "$(stored)" -eq 1 ]
	[ "$(payload)" = $'{   "a": [1,  \t2],   "b": "c\\nd" } ' ]
}

# bats test_tags=F0_4
@test "hookrecv: an unknown hook is 404, whatever it looks like" {
	add_hook github
	start_hookrecv
	printf '{}' >"$BATS_TEST_TMPDIR/body"
	sign "$BATS_TEST_TMPDIR/body"
	for path in /hook/01234567-89ab-4cde-8f01-23456789abcd /hook/ /hook/x "/hook/$hook/more" \
		"/hook/${hook^^}" /other / "/hook/..%2f$hook" "/hook/$hook%00"; do
		run -0 curl -sS --path-as-is -o /dev/null -w '%{http_code}' -H "@$BATS_TEST_TMPDIR/body.head" \
			--data-binary '{}' "$server_url$path"
		echo "$path: $output"
		[ "$output" = 404 ]
	done
	nothing_stored
}

@test "hookrecv: a hook that is added, disabled or removed while it serves" {
	add_hook github
	start_hookrecv
	add_hook gitea
	send '{}' one
	[ "$status" -eq 202 ]
	hookrecv disable "$hook"
	send '{}' two
	[ "$status" -eq 404 ]
	hookrecv enable "$hook"
	send '{}' three
	[ "$status" -eq 202 ]
	hookrecv remove "$hook"
	send '{}' four
	[ "$status" -eq 404 ]
	[ "$(code)" = unknown_hook ]
	[ "$(stored)" -eq 2 ]
}

@test "hookrecv: a hook takes POST only" {
	add_hook github
	start_hookrecv
	for method in GET PUT DELETE OPTIONS PATCH; do
		run -0 curl -sS -D - -o /dev/null -X "$method" "$server_url/hook/$hook"
		[[ "$output" == *" 405 "* ]]
		grep -qi '^allow: POST' <<<"$output"
	done
	run -0 curl -sS -I "$server_url/hook/$hook"
	[[ "$output" == *" 405 "* ]]
}

# bats test_tags=FX_3
@test "hookrecv: what is no JSON is 400 and leaves nothing" {
	add_hook github
	start_hookrecv
	n=0
	for body in '' '{' '{"a":1}}' '{"a":01}' "{'a':1}" $'{"a":"\t"}' $'{"a":"\xff"}' '[1,]' 'null x' \
		"$(printf '[%.0s' {1..300})"; do
		n=$((n + 1))
		send "$body" "bad-$n"
		[ "$status" -eq 400 ] || [ "$status" -eq 411 ]
		[ -n "$(jq -r .error.message <<<"$answer")" ]
	done
	nothing_stored
	send '{}' bad-1
	[ "$status" -eq 202 ]
}

@test "hookrecv: neither JSON nor a form is 415" {
	add_hook github
	start_hookrecv
	printf '{}' >"$BATS_TEST_TMPDIR/body"
	sign "$BATS_TEST_TMPDIR/body"
	for type in text/plain application/xml multipart/form-data 'application/json5'; do
		post "$BATS_TEST_TMPDIR/body" "$type"
		[ "$status" -eq 415 ]
	done
	nothing_stored
	post "$BATS_TEST_TMPDIR/body" 'application/json; charset=utf-8'
	[ "$status" -eq 202 ]
}

@test "hookrecv: the payload of a form is stored as the JSON that it carries" {
	add_hook github
	start_hookrecv
	printf 'payload=%%7B%%22text%%22%%3A%%22a+b%%26c%%22%%2C%%22n%%22%%3A12345678901234567890%%7D' >"$BATS_TEST_TMPDIR/body"
	sign "$BATS_TEST_TMPDIR/body"
	post "$BATS_TEST_TMPDIR/body" application/x-www-form-urlencoded
	[ "$status" -eq 202 ]
	[ "$(payload)" = '{"text":"a b&c","n":12345678901234567890}' ]
}

@test "hookrecv: a form without a payload is 400" {
	add_hook github
	start_hookrecv
	for body in 'a=b' 'payload=' 'payload=%7' 'payload=%zz' 'payload=hello'; do
		printf '%s' "$body" >"$BATS_TEST_TMPDIR/body"
		sign "$BATS_TEST_TMPDIR/body"
		post "$BATS_TEST_TMPDIR/body" application/x-www-form-urlencoded
		[ "$status" -eq 400 ]
		[ "$(code)" = bad_payload ]
	done
	nothing_stored
}

@test "hookrecv: a ping is 200 and no event" {
	add_hook github
	start_hookrecv
	printf '{"zen":"Keep it logically awesome."}' >"$BATS_TEST_TMPDIR/body"
	sign "$BATS_TEST_TMPDIR/body" ping-1 ping
	post "$BATS_TEST_TMPDIR/body"
	[ "$status" -eq 200 ]
	jq -e .ping <<<"$answer"
	nothing_stored
}

@test "hookrecv: health is told to this machine" {
	make_key
	start_hookrecv
	run -0 curl -sS -w '%{http_code}' "$server_url/healthz"
	[ "$output" = $'ok\n200' ]
	run -0 curl -sS -o /dev/null -w '%{http_code}' "$server_url/readyz"
	[ "$output" = 200 ]
	run -0 curl -sS -o /dev/null -w '%{http_code}' -X POST "$server_url/healthz"
	[ "$output" = 405 ]
}

@test "hookrecv: serves on a unix socket" {
	add_hook github
	"$build/bin/hookrecv" -l "unix:$BATS_TEST_TMPDIR/socket" >"$BATS_TEST_TMPDIR/log" 2>&1 3>&- &
	echo $! >>"$BATS_TEST_TMPDIR/servers"
	wait_until test -S "$BATS_TEST_TMPDIR/socket"
	printf '{}' >"$BATS_TEST_TMPDIR/body"
	sign "$BATS_TEST_TMPDIR/body"
	at_socket "$BATS_TEST_TMPDIR/socket"
	post "$BATS_TEST_TMPDIR/body"
	[ "$status" -eq 202 ]
}

@test "hookrecv: an address in use is said" {
	make_key
	start_hookrecv
	run -78 --separate-stderr hookrecv -l "${server_url#http://}"
	[[ "$stderr" == *"${server_url#http://}"* ]]
	run -64 --separate-stderr hookrecv -l nonsense
	run -64 --separate-stderr hookrecv </dev/null
	[[ "$stderr" == *"-l ADDR:PORT"* ]]
}

@test "hookrecv: a request is one line of the log, and cannot forge another" {
	add_hook github
	start_hookrecv
	send '{}' delivery-7
	id=$(jq -r .id <<<"$answer")
	wait_until grep -q "delivery=delivery-7" "$BATS_TEST_TMPDIR/log"
	grep -q "hook=$hook 202 provider=github event=push delivery=delivery-7 bytes=2 remote=127.0.0.1 id=$id" "$BATS_TEST_TMPDIR/log"
	run -0 curl -sS -o /dev/null "$server_url/hook/x%0ahookrecv:%20forged"
	wait_until grep -q '/hook/x' "$BATS_TEST_TMPDIR/log"
	run ! grep -q '^hookrecv: forged' "$BATS_TEST_TMPDIR/log"
}
