load ../../helper
load helper

# A disk that fills up: a small one of our own below the spool.

setup() {
	export HOOKTOOLS_MIN_FREE=4M HOOKTOOLS_MIN_INODES=32
	spool=$HOOKTOOLS_STATE/spool
	filler=$spool/filler
}

teardown() {
	stop_servers
	! mountpoint -q "$spool" || umount -l "$spool"
}

# small_disk OPTIONS
small_disk() {
	mkdir -p "$spool"
	mount -t tmpfs -o "$1" tmpfs "$spool" 2>/dev/null || skip "cannot mount here"
}

# leave KB: so much of the disk stays free.
leave() {
	rm -f "$filler"
	fallocate -l $((($(df --output=avail -k "$spool" | tail -n 1) - $1) * 1024)) "$filler"
}

# as PROVIDER TEXT DELIVERY: the status of a delivery to that provider's hook.
# shellcheck disable=SC2034 # they are for the helper
as() {
	hook_provider=$1 secret=$BATS_TEST_TMPDIR/secret.$1 hook=$(cat "$BATS_TEST_TMPDIR/hook.$1")
	send "$2" "$3"
	echo "$status"
}

hooks() {
	local provider
	for provider; do
		add_hook "$provider"
		echo "$hook" >"$BATS_TEST_TMPDIR/hook.$provider"
	done
}

# is STATUS PROVIDER: another delivery gets it.  What was looked up is good for a second.
is() { [ "$(as "$2" '{"id":"x","type":"t"}' "$EPOCHREALTIME")" = "$1" ]; }

half_written() { find "$spool/tmp" -type f; }

# bats test_tags=FX_28
@test "hookrecv: before the disk is full it is 503 with Retry-After" {
	small_disk size=16m
	hooks hmac
	start_hookrecv
	leave 6000
	is 202 hmac
	leave 4000
	wait_until is 503 hmac
	grep -qx $'Retry-After: 30\r' "$BATS_TEST_TMPDIR/answer.head"
	before=$(stored)
	is 503 hmac
	[ "$(stored)" -eq "$before" ]
	[ -z "$(half_written)" ]
	leave 6000
	wait_until is 202 hmac
	[ "$(stored)" -eq $((before + 1)) ]
	[ "$(grep -c 'inodes left: events are refused' "$BATS_TEST_TMPDIR/log")" -eq 1 ]
	grep -q 'disk has room again' "$BATS_TEST_TMPDIR/log"
}

# bats test_tags=FX_28
@test "hookrecv: 503 comes before the body, and a large body needs its own room" {
	small_disk size=16m
	hooks hmac
	start_hookrecv
	leave 6000
	for length in 1000000:100 3000000:503; do
		run -0 curl -sS -o /dev/null -w '%{http_code}' --max-time 1 --expect100-timeout 1 \
			-H 'Expect: 100-continue' -H "Content-Length: ${length%:*}" -H 'Content-Type: application/json' \
			-H "X-Hub-Signature-256: sha256=$(printf '%064d' 0)" -X POST \
			-D "$BATS_TEST_TMPDIR/answer.head" "$server_url/hook/$hook" || true
		grep -q "^HTTP/1.1 ${length#*:} " "$BATS_TEST_TMPDIR/answer.head"
	done
}

# bats test_tags=FX_28
@test "hookrecv: forges that never send again have a reserve" {
	small_disk size=16m
	hooks github gitlab gitea forgejo gogs bitbucket standard stripe
	start_hookrecv
	leave 2000
	for provider in github gitlab gitea forgejo gogs; do
		is 202 "$provider"
	done
	for provider in bitbucket standard stripe; do
		is 503 "$provider"
	done
	# A quarter of what is kept nobody has.
	leave 900
	wait_until is 503 github
	leave 2000
	wait_until is 202 github
	leave 6000
	wait_until is 202 standard
}

@test "hookrecv: a sender described by a file tells whether it sends again" {
	small_disk size=16m
	mkdir "$HOOKTOOLS_CONF/providers.d"
	for retries in yes no; do
		printf '{"header":"X-Tok","algorithm":"token","retries":"%s"}' "$retries" >"$HOOKTOOLS_CONF/providers.d/says-$retries.json"
		add_hook "says-$retries"
		echo "$hook" >"$BATS_TEST_TMPDIR/hook.says-$retries"
	done
	start_hookrecv
	leave 2000
	is 202 says-no
	is 503 says-yes
	printf '{"header":"X-Tok","algorithm":"token","retries":"maybe"}' >"$HOOKTOOLS_CONF/providers.d/third.json"
	run -78 --separate-stderr hookrecv add acme/third -p third
	[[ "$stderr" == *"'retries'"* ]]
}

# bats test_tags=FX_28
@test "hookrecv: before the inodes are used up it is 503" {
	# So many that what comes in a second, until it looks again, is few.
	export HOOKTOOLS_MIN_INODES=1024
	small_disk size=64m,nr_inodes=2048
	hooks hmac github
	start_hookrecv
	is 202 hmac
	left=$(df --output=iavail "$spool" | tail -n 1)
	for ((; left >= 1024; left--)); do : >"$spool/many.$left"; done
	wait_until is 503 hmac
	is 202 github
	rm "$spool"/many.*
	wait_until is 202 hmac
}

# bats test_tags=FX_28
@test "hookrecv -i: one process for each request looks, too" {
	small_disk size=16m
	hooks hmac
	printf '{}' >"$BATS_TEST_TMPDIR/body"
	sign "$BATS_TEST_TMPDIR/body"
	{
		printf 'POST /hook/%s HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n' "$hook"
		sed 's/$/\r/' "$BATS_TEST_TMPDIR/body.head"
		printf '\r\n{}'
	} >"$BATS_TEST_TMPDIR/request"
	leave 2000
	run -0 --separate-stderr hookrecv -i <"$BATS_TEST_TMPDIR/request"
	[[ "${lines[0]}" == "HTTP/1.1 503 "* ]]
	rm "$filler"
	run -0 --separate-stderr hookrecv -i <"$BATS_TEST_TMPDIR/request"
	[[ "${lines[0]}" == "HTTP/1.1 202 "* ]]
}

# bats test_tags=FX_28
@test "hookrecv: a disk that is full to the last byte is 503, nothing is half-written, and it recovers" {
	export HOOKTOOLS_MIN_FREE=0 HOOKTOOLS_MIN_INODES=0
	small_disk size=4m
	hooks github
	start_hookrecv
	printf '{"a":"%0800000d"}' 0 >"$BATS_TEST_TMPDIR/large"
	n=0
	while
		n=$((n + 1))
		[ "$(as github "$(cat "$BATS_TEST_TMPDIR/large")" "large-$n")" = 202 ]
	do
		[ "$n" -lt 10 ]
	done
	[ "$(as github "$(cat "$BATS_TEST_TMPDIR/large")" "large-$n")" = 503 ]
	[ "$(stored)" -eq $((n - 1)) ]
	[ -z "$(half_written)" ]
	leave 0
	is 503 github
	[ "$(stored)" -eq $((n - 1)) ]
	[ -z "$(half_written)" ]
	rm "$filler"
	is 202 github
	[ "$(stored)" -eq "$n" ]
	for file in "$spool"/new/*; do
		jq -e .id "$file"
	done
}

# bats test_tags=FX_28
@test "hookrecv: what was written of a body that the disk did not hold is gone before its end comes" {
	export HOOKTOOLS_MIN_FREE=0 HOOKTOOLS_MIN_INODES=0
	small_disk size=4m
	hooks github
	start_hookrecv
	leave 1000
	exec 8<>"/dev/tcp/127.0.0.1/${server_url##*:}"
	{
		printf 'POST /hook/%s HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\n' "$hook"
		printf 'X-Hub-Signature-256: sha256=%064d\r\n\r\n["%0500000d' 0 0
	} >&8
	wait_until eval '[ -n "$(half_written)" ]'
	printf '%0900000d' 0 >&8
	wait_until eval '[ -z "$(half_written)" ]'
	printf '%01599998d' 0 >&8
	read -r -t 10 line <&8
	exec 8>&-
	[[ "$line" == "HTTP/1.1 503 "* ]]
}

# bats test_tags=FX_28
@test "hookrecv: a disk without an inode is 503, and it recovers" {
	export HOOKTOOLS_MIN_FREE=0 HOOKTOOLS_MIN_INODES=0
	small_disk size=4m,nr_inodes=16
	hooks github
	start_hookrecv
	while mktemp "$spool/many.XXXXXX"; do :; done
	is 503 github
	[ "$(stored)" -eq 0 ]
	rm "$spool"/many.*
	is 202 github
}

@test "hookrecv: floors that make no sense are refused" {
	make_key
	for setting in FREE=101% FREE=% FREE=much FREE=-1 INODES=5.5 INODES=1%%; do
		run -78 --separate-stderr env "HOOKTOOLS_MIN_$setting" hookrecv -l 127.0.0.1:0
		[[ "$stderr" == *"HOOKTOOLS_MIN_${setting%=*}"* ]]
	done
}
