load ../../helper
load helper

# What is wrong is found, named, and what to do next is said.

setup() {
	chmod 0700 "$HOOKTOOLS_STATE"
}

teardown() {
	stop_servers
}

# found CHECK: its lines as "state message"; "next" of them goes to $next.
found() {
	jq -r --arg check "$1" 'select(.check == $check) | .state + " " + .message' <<<"$report"
	next=$(jq -r --arg check "$1" 'select(.check == $check) | .next' <<<"$report")
}

# examine STATUS [OPTION...]: its lines to $report.
examine() {
	local want=$1
	shift
	run "-$want" --separate-stderr hookrecv doctor --json "$@"
	report=$output
}

# healthy: a hook, and a server that has made its folders.
healthy() {
	add_hook github
	start_hookrecv
}

# bats test_tags=FX_24
@test "hookrecv doctor: a receiver that is well, and each line says so" {
	healthy
	examine 0 --listen "${server_url#http://}" --url "$server_url"
	jq -se 'all(.state == "ok" or .check == "clock") and all(keys_unsorted == ["state", "check", "message", "next"]) and
		(map(.check) | unique | length) == 15' <<<"$report"
	[ "$(jq -s 'map(select(.check == "reach")) | length' <<<"$report")" -eq 2 ]
	run -0 script -qec "hookrecv doctor --listen ${server_url#http://}" /dev/null
	[[ "$output" == *"ok    key        '$HOOKTOOLS_CONF/hooktools.key' is there"* ]]
	nothing_stored
	run ! grep -qF "$(cat "$secret")" <<<"$report"
}

# bats test_tags=FX_24
@test "hookrecv doctor: on a new machine it says how to begin, and makes nothing" {
	rmdir "$HOOKTOOLS_STATE"
	examine 1
	[[ "$(found key)" == "fail no master key "* ]]
	found key >/dev/null
	[ "$next" = "tokenmint vault init" ]
	[[ "$(found registry)" == "warn no hook"* ]]
	found registry >/dev/null
	[ "$next" = "hookrecv add NAME" ]
	[[ "$(found reach)" == "warn nobody said"* ]]
	[ ! -e "$HOOKTOOLS_STATE" ]
	[[ "$stderr" == *"1 of what was looked at is wrong"* ]]
}

# bats test_tags=FX_24
@test "hookrecv doctor: key, folders and settings that others can use" {
	healthy
	chmod 0644 "$HOOKTOOLS_CONF/hooktools.key"
	chmod 0755 "$HOOKTOOLS_STATE"
	chmod 0777 "$HOOKTOOLS_CONF"
	echo 'HOOKTOOLS_NONSENSE=1' >"$HOOKTOOLS_CONF/hooktools.conf"
	examine 1
	[[ "$(found key)" == "fail master key "*" has mode 0644"* ]]
	found key >/dev/null
	[[ "$next" == "chmod 0400 "* ]]
	[[ "$(found state)" == "warn "*"open to others (mode 0755)" ]]
	[[ "$(found conf)" == *"HOOKTOOLS_NONSENSE"* ]]
	[[ "$(found conf)" == *"can be changed by others (mode 0777)"* ]]
	chmod 0770 "$HOOKTOOLS_STATE"
	examine 1
	[[ "$(found state)" == "fail "*"(mode 0770)" ]]
}

# bats test_tags=FX_24
@test "hookrecv doctor: what belongs to another user is named, and root may look" {
	[ "$(id -u)" -eq 0 ] || skip "wants root"
	healthy
	chmod 0711 "$BATS_TEST_TMPDIR"
	chown -R 12345 "$HOOKTOOLS_STATE"
	chown 0 "$HOOKTOOLS_STATE/bans"
	examine 1
	[[ "$(found state)" == "fail '$HOOKTOOLS_STATE/bans' belongs to user 0, and its folder to 12345" ]]
	found state >/dev/null
	[ "$next" = "chown -R 12345 '$HOOKTOOLS_STATE'" ]
	chown 12345 "$HOOKTOOLS_STATE/bans"
	examine 0
	[[ "$(found state)" == ok* ]]
	[ -z "$(find "$HOOKTOOLS_STATE" ! -user 12345)" ]
}

# bats test_tags=FX_24
@test "hookrecv doctor: a secret that is gone, one of another key, a provider nobody knows" {
	healthy
	rm "$HOOKTOOLS_STATE/vault/repository/${hook}_SECRET"
	examine 1
	[ "$(found secrets)" = "fail hook acme/github has no secret in the vault" ]
	found secrets >/dev/null
	[ "$next" = "hookrecv rotate acme/github" ]
	add_hook token
	rm "$HOOKTOOLS_CONF/hooktools.key"
	make_key
	examine 1
	[[ "$(found secrets)" == *"fail hook acme/token: "* ]]
	add_hook none
	mkdir -p "$HOOKTOOLS_CONF/providers.d"
	echo '{"header":"X-Sig","encoding":"hex"}' >"$HOOKTOOLS_CONF/providers.d/own.json"
	run -0 hookrecv add acme/own -p own --json
	echo '{' >"$HOOKTOOLS_CONF/providers.d/own.json"
	examine 1
	[[ "$(found providers)" == *"warn hook acme/none verifies nothing: "* ]]
	[[ "$(found providers)" == *"fail hook acme/own: "* ]]
}

# bats test_tags=FX_24,FX_27
@test "hookrecv doctor: a forge that still signs with the old secret" {
	healthy
	run -0 hookrecv rotate "$hook" --json
	used_old() {
		send '{"n":1}' "$SECONDS$RANDOM"
		hookrecv show "$hook" --json | jq -e '.old_secret_used_at != null'
	}
	wait_until used_old
	examine 0
	[[ "$(found rotations)" == "warn hook acme/github: its old secret was used "*" and ends in 23 h" ]]
}

# bats test_tags=FX_24
@test "hookrecv doctor: a spool that cannot be written, or is not one" {
	healthy
	if [ "$(id -u)" -eq 0 ] && unshare -m true 2>/dev/null; then
		report=$(unshare -m bash -c 'mount -t tmpfs tmpfs "$HOOKTOOLS_STATE/spool/new" && hookrecv doctor --json || true' 2>/dev/null)
		[[ "$(found spool)" == "fail the folders of "*"several file systems"* ]]
		report=$(unshare -m bash -c 'mount --bind "$HOOKTOOLS_STATE/spool" "$HOOKTOOLS_STATE/spool" &&
			mount -o remount,bind,ro "$HOOKTOOLS_STATE/spool" && hookrecv doctor --json || true' 2>/dev/null)
		[[ "$(found spool)" == "fail write to spool folder 'tmp': Read-only file system" ]]
	fi
	rm -r "$HOOKTOOLS_STATE/spool/hold"
	examine 0
	[[ "$(found spool)" == "warn folders of "*" are missing" ]]
	[ ! -e "$HOOKTOOLS_STATE/spool/hold" ]
}

# bats test_tags=FX_24,FX_28
@test "hookrecv doctor: a disk that is nearly full" {
	healthy
	HOOKTOOLS_MIN_FREE=1M HOOKTOOLS_MIN_INODES=0 examine 0
	[[ "$(found disk)" == "ok "*" MB and "*"; below 1 MB events are refused" ]]
	room=$(df --output=avail -BM "$HOOKTOOLS_STATE" | tail -n 1 | tr -dc 0-9)
	HOOKTOOLS_MIN_FREE=$((room * 2))M HOOKTOOLS_MIN_INODES=0 examine 1
	[[ "$(found disk)" == "fail "* ]]
	HOOKTOOLS_MIN_FREE=$((room * 3 / 4))M HOOKTOOLS_MIN_INODES=0 examine 0
	[[ "$(found disk)" == "warn "* ]]
	found disk >/dev/null
	[[ "$next" == "df -h -i "* ]]
	inodes=$(df --output=iavail "$HOOKTOOLS_STATE" | tail -n 1 | tr -dc 0-9)
	if [ "$inodes" -gt 0 ]; then
		HOOKTOOLS_MIN_FREE=0 HOOKTOOLS_MIN_INODES=$((inodes * 2)) examine 1
		[[ "$(found disk)" == "fail "* ]]
	fi
}

# bats test_tags=FX_24
@test "hookrecv doctor: events that nobody takes, events given up, bans" {
	healthy
	: >"$HOOKTOOLS_STATE/spool/new/00000000-0000-7000-8000-000000000000"
	: >"$HOOKTOOLS_STATE/spool/dead/00000000-0000-7000-8000-000000000000"
	export HOOKTOOLS_BAN_LOCAL=yes HOOKTOOLS_BAN_MISSES=1
	start_server "$BATS_TEST_TMPDIR/log2" hookrecv -l 127.0.0.1:0
	curl -sS -o /dev/null --data-binary '{}' "$server_url/hook/01234567-89ab-4cde-8f01-23456789abcd"
	examine 0 --url "$server_url"
	[[ "$(found waiting)" == *"warn 1 files wait in spool/new, the oldest for "*" d: nobody takes them"* ]]
	[[ "$(found waiting)" == *"warn 1 events were given up"* ]]
	[ "$(found bans)" = "warn 1 senders are banned" ]
	[ "$(found refusals)" = "ok no hook refused a request in a day" ]
	[[ "$(found reach)" == "warn "*" answers 429"* ]]
}

# bats test_tags=FX_24
@test "hookrecv doctor: a server that is not there, or is another" {
	add_hook github --url http://127.0.0.1:1
	examine 0
	[[ "$(found reach)" == "warn http://127.0.0.1:1: connect: Connection refused" ]]
	examine 1 --listen 127.0.0.1:1
	[[ "$(found reach)" == *"fail 127.0.0.1:1: connect: Connection refused"* ]]
	examine 1 --listen "unix:$BATS_TEST_TMPDIR/none"
	HOOKTOOLS_HOOK_URL=http://127.0.0.1:1 examine 1
	[[ "$(found reach)" == "fail http://127.0.0.1:1: "* ]]
	start_server "$BATS_TEST_TMPDIR/other" python3 -uc 'import http.server as h; s = h.HTTPServer(("127.0.0.1", 0), h.BaseHTTPRequestHandler); print("listening on 127.0.0.1:%d " % s.server_port); s.serve_forever()'
	examine 1 --url "$server_url/"
	[ "$(found reach)" = "fail $server_url/ answers 501, and not as hookrecv does" ]
	for url in '' ftp://x http:// http://user@host 'http://[::1' http://x:; do
		examine 1 --url "$url"
		[[ "$(found reach)" == "fail '$url' "* ]]
	done
	start_server "$BATS_TEST_TMPDIR/log2" hookrecv -l "unix:$BATS_TEST_TMPDIR/socket"
	examine 0 --listen "unix:$BATS_TEST_TMPDIR/socket"
	[[ "$(found reach)" == *"ok a server is well at unix:"* ]]
}

# bats test_tags=FX_24
@test "hookrecv doctor: what was refused" {
	healthy
	curl -sS -o /dev/null --data-binary '{}' "$server_url/hook/$hook"
	told() {
		examine 0
		[[ "$(found refusals)" == "warn hooks refused 1 requests in a day, the last from 127.0.0.1: there is no X-Hub-Signature-256"* ]]
	}
	wait_until told
	found refusals >/dev/null
	[ "$next" = "hookrecv explain --trace" ]
}

# bats test_tags=FX_24
@test "hookrecv doctor: a server that speaks TLS" {
	make_key
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
		-keyout "$BATS_TEST_TMPDIR/tls.key" -out "$BATS_TEST_TMPDIR/tls.crt" 2>/dev/null
	start_hookrecv --tls-cert "$BATS_TEST_TMPDIR/tls.crt" --tls-key "$BATS_TEST_TMPDIR/tls.key"
	examine 0 --listen "${server_url#http://}" --url "https://${server_url#http://}"
	[[ "$(found reach)" == *"answers no plain HTTP: is it TLS?"* ]]
	[[ "$(found reach)" == *"ok https://127.0.0.1:"*" takes connections"* ]]
}

# bats test_tags=FX_24
@test "hookrecv doctor: the clock, against the times that were signed" {
	add_hook slack
	start_hookrecv
	send '{"type":"x","event_id":"1"}'
	[ "$status" -eq 202 ]
	examine 0
	[[ "$(found clock)" == *"ok the latest events were signed "*" before they came" ]]
	mkdir "$HOOKTOOLS_STATE/spool/done/2026-11-20"
	for file in "$HOOKTOOLS_STATE"/spool/new/*; do
		sed -E 's/("x-slack-request-timestamp":")[0-9]{10}/\19999999999/' "$file" >"$HOOKTOOLS_STATE/spool/done/2026-11-20/${file##*/}"
		rm "$file"
	done
	examine 0
	[[ "$(found clock)" == *"warn the latest events were signed "*" d after they came" ]]
	found clock >/dev/null
	[[ "$next" == *"date -u; timedatectl" ]]
}

@test "hookrecv doctor: few open files" {
	make_key
	ulimit -n 256
	examine 0
	[[ "$(found files)" == "warn 256 may be open at once"* ]]
}

@test "hookrecv doctor: wrong usage" {
	run -64 --separate-stderr hookrecv doctor x
	run -64 --separate-stderr hookrecv doctor --provider github
}
