load ../helper

# A signed delivery, the receiver, the router, a plugin's run, and its log.

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	make_key
	printf 'correct horse' >secret
	run -0 --separate-stderr hookrecv add acme/site -p github --secret-file secret --json
	hook_path=$(jq -r .path <<<"$output")
	cat >greet <<-'EOF'
		#!/bin/sh
		# CONFIG_GREETING may say how to begin.
		set -eu
		echo "${CONFIG_GREETING:-Hello}: $HOOKTOOLS_REPOSITORY $(jq -c '[.ref, .n]')"
	EOF
	chmod +x greet
	hookroute plugin add greet greet
	hookroute plugin set greet events push
	hookroute plugin set greet GREETING Welcome
	hookroute plugin assign greet acme/site
	start_server hookrecv.log hookrecv -l 127.0.0.1:0
	hookroute run >hookroute.log 2>&1 3>&- &
	router=$!
	echo "$router" >>servers
}

teardown() {
	stop_servers
}

# deliver FIRST LAST
deliver() {
	local n
	for ((n = $1; n <= $2; n++)); do
		printf '{"ref":"refs/heads/main","n":%d}' "$n" >body
		hookrecv sign -p github --secret-file secret --event push --delivery "d$n" <body >"head"
		[ "$(curl -s -o /dev/null -w '%{http_code}' -H @head --data-binary @body "$server_url$hook_path")" = 202 ]
	done
}

ended() { [ "$(runjob list --json | jq -r 'select(.state == "ok").id' | wc -l)" -ge "$1" ]; }
consumer_of() { pgrep -P "$router" -f 'hookroute-plugin -$'; }

# bats test_tags=F0_9,F0_11,F0_30,FX_30
@test "flow: signed deliveries reach a plugin once each, while its consumer is killed again and again" {
	deliver 1 5
	wait_until consumer_of
	kill -KILL "$(consumer_of)"
	deliver 6 10
	wait_until consumer_of
	kill -KILL "$(consumer_of)" || true
	deliver 11 40
	wait_until consumer_of
	kill -KILL "$(consumer_of)" || true
	deliver 41 45
	WAIT_LIMIT=60 wait_until ended 45
	runjob list --json | jq -r .id | xargs -n 1 runjob tail | sort >logs
	diff logs <(seq 1 45 | sed 's|.*|Welcome: acme/site ["refs/heads/main",&]|' | sort)
	[ -z "$(find "$HOOKTOOLS_STATE/spool/dead" -type f)" ]
}
