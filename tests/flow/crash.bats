load ../helper

# Each program is killed just before each of its calls that change the disk, in turn, and
# then has each of them fail: what it had promised is there, and a repeat puts the rest right.

setup_file() {
	cc -shared -fPIC -O1 -D_GNU_SOURCE -o "$BATS_FILE_TMPDIR/crash.so" "$top/tests/flow/crash.c" -ldl
}

setup() {
	case $build in
	*address*) skip "the sanitizer must be loaded first" ;;
	esac
	make_key
	spool=$HOOKTOOLS_STATE/spool
	consumers
	hookroute list >/dev/null
	saved=$BATS_TEST_TMPDIR/saved
}

# A consumer of each temper; what it is given is written down.
consumers() {
	local name
	for name in good later never; do
		cat >"$BATS_TEST_TMPDIR/$name" <<-EOF
			#!/bin/bash
			while IFS= read -r line; do
				printf '%s\n' "\$line" >>"$BATS_TEST_TMPDIR/got.$name"
				case $name in
				good) echo '{"ok":true}' ;;
				later) echo '{"ok":false,"error":{"kind":"temporary","message":"not now"}}' ;;
				never) echo '{"ok":false,"error":{"kind":"permanent","message":"no"}}' ;;
				esac
			done
		EOF
		chmod +x "$BATS_TEST_TMPDIR/$name"
		printf '{"exec":["%s"]}' "$BATS_TEST_TMPDIR/$name" >"$HOOKTOOLS_CONF/consumers.d/$name.json"
		: >"$BATS_TEST_TMPDIR/got.$name"
	done
	echo 'select(.event == "push") | {to: ("good", "later", "never"), send: {n: .payload.n}}' \
		>"$HOOKTOOLS_CONF/routes.d/all.jq"
}

# remember, restore: the whole state, as it is before each crash.
remember() {
	rm -rf "$saved"
	cp -a "$HOOKTOOLS_STATE" "$saved"
}
restore() {
	# A supervisor may still be at its last words.
	wait_until rm -rf "$HOOKTOOLS_STATE"
	cp -a "$saved" "$HOOKTOOLS_STATE"
	for name in good later never; do : >"$BATS_TEST_TMPDIR/got.$name"; done
}

# crash PROGRAM AT ERRNO COMMAND...: with standard input from $input; output to $BATS_TEST_TMPDIR/out.
crash() {
	local program=$1 at=$2 error=$3
	shift 3
	status=0
	# The shell's own word about a killed child is not wanted.
	{
		LD_PRELOAD="$BATS_FILE_TMPDIR/crash.so" CRASH_PROGRAM=$program CRASH_AT=$at CRASH_ERRNO=$error \
			CRASH_COUNT="$BATS_TEST_TMPDIR/count" timeout 20 "$@" <"${input:-/dev/null}" \
			>"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" 3>&-
	} 2>/dev/null || status=$?
}

# everywhere CHECK PROGRAM COMMAND...: CHECK is called after each crash and each failure.
everywhere() {
	local check=$1 program=$2 calls at error
	shift 2
	remember
	crash "$program" 0 0 "$@"
	calls=$(cat "$BATS_TEST_TMPDIR/count")
	[ "$calls" -gt 1 ]
	"$check"
	for error in 0 28 5; do
		for ((at = 1; at <= calls; at++)); do
			restore
			crash "$program" "$at" "$error" "$@"
			[ "$status" -ne 124 ] || {
				echo "call $at with errno $error: it hangs"
				return 1
			}
			"$check" || {
				echo "call $at of $calls, errno $error, status $status:"
				tail -n 5 "$BATS_TEST_TMPDIR/out" "$BATS_TEST_TMPDIR/err"
				find "$HOOKTOOLS_STATE" -type f
				return 1
			}
		done
	done
}

# Whoever sees a name in new/ sees whole events.
new_is_whole() {
	local file
	for file in "$spool"/new/*; do
		[ -e "$file" ] || continue
		[ -s "$file" ] && [ "$(tail -c 1 "$file" | wc -l)" -eq 1 ] && jq -e .id "$file" >/dev/null || return 1
	done
}

events_stored() { find "$spool/new" -type f -exec cat {} + | wc -l; }

request() {
	hook=$(hookrecv add acme/site --secret-file - --json <<<'the secret' | jq -r .id)
	printf 'the secret' >"$BATS_TEST_TMPDIR/secret"
	printf '{"n":1}' >"$BATS_TEST_TMPDIR/body"
	{
		printf 'POST /hook/%s HTTP/1.1\r\nHost: x\r\nContent-Length: 7\r\n' "$hook"
		hookrecv sign -p github --secret-file "$BATS_TEST_TMPDIR/secret" --delivery one <"$BATS_TEST_TMPDIR/body" |
			sed 's/$/\r/'
		printf '\r\n{"n":1}'
	} >"$BATS_TEST_TMPDIR/request"
}

# An answer of 202 is kept; and the forge, which sends again when it got none, gets one event.
check_hookrecv() {
	new_is_whole || return 1
	if grep -q '^HTTP/1.1 202' "$BATS_TEST_TMPDIR/out"; then
		[ "$(events_stored)" -eq 1 ] || return 1
	fi
	hookrecv -i <"$BATS_TEST_TMPDIR/request" >"$BATS_TEST_TMPDIR/out2" 2>"$BATS_TEST_TMPDIR/err2" || return 1
	grep -qE '^HTTP/1.1 20[02]' "$BATS_TEST_TMPDIR/out2" || {
		cat "$BATS_TEST_TMPDIR/out2" "$BATS_TEST_TMPDIR/err2"
		return 1
	}
	new_is_whole && [ "$(events_stored)" -eq 1 ]
}

# bats test_tags=FX_2,FX_28
@test "crash: hookrecv keeps what it answered, wherever it is killed or the disk fails" {
	request
	input=$BATS_TEST_TMPDIR/request
	hookrecv -i </dev/null
	everywhere check_hookrecv hookrecv hookrecv -i
}

# Ids that were printed are stored.
check_put() {
	local id
	new_is_whole || return 1
	while read -r id; do
		cat "$spool"/new/* | grep -q "\"id\":\"$id\"" || return 1
	done <"$BATS_TEST_TMPDIR/out"
	[ "$status" -eq 0 ] || [ "$status" -eq 71 ] || [ "$status" -eq 137 ]
}

@test "crash: hookroute put has stored what it printed" {
	printf '{"n":%d}\n' 1 2 3 >"$BATS_TEST_TMPDIR/payloads"
	input=$BATS_TEST_TMPDIR/payloads
	everywhere check_put hookroute hookroute put --event push
}

# After another drain: delivered at least once, waits, is given up, each with the same ids.
check_drain() {
	hookroute drain 2>"$BATS_TEST_TMPDIR/err2" || return 1
	[ -z "$(find "$spool/new" "$spool/cur" -type f ! -name '*.done')" ] || return 1
	[ "$(jq -r .n "$BATS_TEST_TMPDIR/got.good" | sort -u | tr '\n' ' ')" = "1 2 " ] || return 1
	[ "$(jq -r .id "$BATS_TEST_TMPDIR/got.good" | sort -u | wc -l)" -eq 2 ] || return 1
	[ "$(find "$spool/defer" -name '*-*' ! -name '*.*' | wc -l)" -eq 2 ] || return 1
	[ "$(find "$spool/dead" -name '*-*' ! -name '*.*' | wc -l)" -eq 2 ] || return 1
	[ "$(cat "$spool"/dead/*.why | jq -r .to | sort -u)" = never ] || return 1
	[ "$(find "$spool/done" -type f -exec cat {} + | wc -l)" -eq 2 ]
}

# bats test_tags=FX_2
@test "crash: hookroute drain loses no delivery, wherever it is killed or the disk fails" {
	printf '{"n":%d}\n' 1 2 | hookroute put --event push
	everywhere check_drain hookroute hookroute drain
}

# Nothing that was given up is forgotten: it is in dead/ or in defer/.
check_retry() {
	local id
	hookroute retry --dead >/dev/null 2>"$BATS_TEST_TMPDIR/err2" || return 1
	for id in $(hookroute list "done" --json | jq -r .id); do
		hookroute show "$id" --json | jq -es --arg id "$id" \
			'any(.[]; .state == "defer" and ([.deferred.left[].to] | sort | unique == ["later", "never"]))' >/dev/null ||
			return 1
	done
	[ -z "$(hookroute list dead)" ]
}

@test "crash: hookroute retry forgets nothing that was given up" {
	printf '{"n":%d}\n' 1 2 | hookroute put --event push
	hookroute drain
	everywhere check_retry hookroute hookroute retry --dead
}

# The old secret or the new one, and never none.
check_vault() {
	case $(tokenmint vault get global/word 2>"$BATS_TEST_TMPDIR/err2") in
	old) [ "$status" -ne 0 ] ;;
	new) return 0 ;;
	*) return 1 ;;
	esac
}

# bats test_tags=F1_13
@test "crash: a secret that is replaced is the old one or the new one" {
	tokenmint vault put global/word <<<'old'
	echo 'new' >"$BATS_TEST_TMPDIR/new"
	input=$BATS_TEST_TMPDIR/new
	everywhere check_vault tokenmint tokenmint vault put global/word
}

spec() { printf '{"id":"%s00000000000%d","exec":["/bin/sh","-c","echo ran >>\\"$0\\"","%s"]}\n' "$job_ids" "$1" "$BATS_TEST_TMPDIR/ran.$1"; }

ran_once() { [ "$(cat "$BATS_TEST_TMPDIR/ran.$1" 2>/dev/null)" = ran ]; }

# A job that was answered ok runs; the repeat of one that was not makes it run; none runs twice.
check_start() {
	runjob start - <"$input" >"$BATS_TEST_TMPDIR/out2" 2>"$BATS_TEST_TMPDIR/err2" || return 1
	[ "$(jq -r .ok "$BATS_TEST_TMPDIR/out2" | grep -c true)" -eq 2 ] || return 1
	runjob recover >>"$BATS_TEST_TMPDIR/err2" 2>&1 || return 1
	WAIT_LIMIT=10 wait_until ran_once 1 && WAIT_LIMIT=10 wait_until ran_once 2 || return 1
	runjob wait "${job_ids}000000000001" "${job_ids}000000000002" >/dev/null || return 1
	ran_once 1 && ran_once 2 || return 1
	rm "$BATS_TEST_TMPDIR"/ran.*
}

@test "crash: runjob start runs each job once, wherever it is killed or the disk fails" {
	{
		spec 1
		spec 2
	} >"$BATS_TEST_TMPDIR/specs"
	input=$BATS_TEST_TMPDIR/specs
	everywhere check_start runjob-consume runjob start -
}
