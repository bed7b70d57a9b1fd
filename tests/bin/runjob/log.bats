load ../../helper

# The log of a job, between its output and the disk.

teardown() {
	# shellcheck disable=SC2153 # what a test mounts
	! mountpoint -q "$HOOKTOOLS_STATE" || umount -l "$HOOKTOOLS_STATE"
}

# last_job: its id to $id, its folder to $dir.
last_job() {
	id=$(runjob list --limit 1 | jq -r .id)
	dir=$(echo "$HOOKTOOLS_STATE"/jobs/*/"$id")
}

@test "runjob: a log never grows past its limit, and has the beginning and the end" {
	run -0 --separate-stderr runjob run --log-max 16K -- seq 1 20000
	last_job
	[ "$(stat -c %s "$dir/log")" -le 16384 ]
	[ "$(stat -c %s "$dir/log")" -gt 15000 ]
	[ "$(head -n 3 "$dir/log" | tr '\n' ' ')" = "1 2 3 " ]
	[ "$(tail -n 2 "$dir/log" | tr '\n' ' ')" = "19999 20000 " ]
	grep -q '^\[runjob: the log is full; the last of it follows when the job has ended\]$' "$dir/log"
	left=$(sed -n 's/^\[runjob: \([0-9]*\) bytes are left out here\]$/\1/p' "$dir/log")
	[ "$(runjob show --json "$id" | jq .log_left_out)" -eq "$left" ]
	# What is kept and what is left out is all there was, but for our own three lines.
	remarks=$(grep -o '^\[runjob: .*' "$dir/log" | wc -c)
	[ $((left + $(stat -c %s "$dir/log") - remarks - 2)) -eq "$(seq 1 20000 | wc -c)" ]
	# Just so much that nothing has to be left out.
	run -0 --separate-stderr runjob run --json --log-max 16K -- head -c 15000 /dev/zero
	last_job
	[ "$(stat -c %s "$dir/log")" -eq 15000 ]
	HOOKTOOLS_LOG_MAX=4K run -0 --separate-stderr runjob run -- seq 1 20000
	last_job
	[ "$(stat -c %s "$dir/log")" -le 4096 ]
	run -64 --separate-stderr runjob run --log-max 4095 -- true
	[[ "$stderr" == *"--log-max"*"4096 bytes at least"* ]]
	run -0 --separate-stderr runjob start - <<<'{"exec":["true"],"limits":{"log":1}}'
	[ "$(jq -r '.error.kind' <<<"$output")" = permanent ]
	HOOKTOOLS_LOG_MAX=small run -1 --separate-stderr runjob run -- true
	[[ "$stderr" == *"HOOKTOOLS_LOG_MAX is 'small'"* ]]
}

# bats test_tags=FX_28
@test "runjob: a full disk neither ends the job nor loses its status" {
	mount -t tmpfs -o size=400k tmpfs "$HOOKTOOLS_STATE" 2>/dev/null || skip "cannot mount here"
	run -7 --separate-stderr runjob run -- sh -c 'seq 1 200000
		head -c 1000000 /dev/zero; exit 7'
	last_job
	run -0 runjob show --json "$id"
	[ "$(jq -r '.state' <<<"$output")" = failed ]
	[ "$(jq '.exit_code' <<<"$output")" -eq 7 ]
	[ "$(jq '.log_left_out' <<<"$output")" -gt 1000000 ]
	# There is room again: what is lost is said where it is lost.
	fallocate -l 200K "$HOOKTOOLS_STATE/filler" 2>/dev/null || rm -f "$dir/log"
	fallocate -l 200K "$HOOKTOOLS_STATE/filler"
	# shellcheck disable=SC2016 # for the job's shell
	run -0 --separate-stderr runjob run -- sh -c 'head -c 400000 /dev/zero
		rm "$HOOKTOOLS_STATE/filler"; echo again'
	last_job
	grep -aqE '^\[runjob: [0-9]+ bytes are lost here: No space left on device\]$' "$dir/log"
	[ "$(tail -n 1 "$dir/log")" = again ]
}

@test "runjob tail: by the index one stream alone, and the time of each line" {
	# shellcheck disable=SC2016 # for the job's shell
	run -0 --separate-stderr runjob run --log-index -- sh -c 'echo one; sleep 0.01; printf "two\nthr" >&2
		sleep 0.01; printf ee\\n >&2; sleep 0.01; printf "four"'
	last_job
	run -0 runjob tail --stream err "$id"
	[ "$output" = $'two\nthree' ]
	run -0 runjob tail --stream out "$id"
	[ "$output" = $'one\nfour' ]
	run -0 runjob tail -f --times "$id"
	for text in 'out one' 'err two' 'err three' 'out four'; do
		grep -qE "^20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:.]{12}Z $text\$" <<<"$output"
	done
	run -0 runjob tail --times -n 1 "$id"
	[[ "$output" == *"Z out four" ]]
	[ "$(sort -c -k 1,1 <<<"$output")" = "" ]
	echo '5 zwei e 1' >>"$dir/log.index"
	run -65 --separate-stderr runjob tail --stream err "$id"
	[[ "$stderr" == *"log.index"*"'zwei'"* ]]
	run -64 --separate-stderr runjob tail --stream both "$id"
	run -0 --separate-stderr runjob run -- true
	last_job
	run -1 --separate-stderr runjob tail --times "$id"
	[[ "$stderr" == *"--log-index"* ]]
}

# bats test_tags=FX_11
@test "runjob tail: bytes without a line's end show at once, and a job ends whoever holds its output" {
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	# shellcheck disable=SC2016 # for the job's shell
	id=$(runjob start -- sh -c 'printf "no end"; read -r _ <"$1"; setsid sleep 1000 & exit 0' _ "$BATS_TEST_TMPDIR/fifo")
	runjob tail -f "$id" >"$BATS_TEST_TMPDIR/seen" 3>&- &
	tail=$!
	seen() { [ "$(cat "$BATS_TEST_TMPDIR/seen")" = "no end" ]; }
	wait_until seen
	echo >"$BATS_TEST_TMPDIR/fifo"
	run -0 runjob wait "$id"
	wait "$tail"
	seen
	# Who was ended with it is told.
	[[ "$(runjob show --json "$id" | jq -r .left_over)" =~ ^(sh|setsid|sleep)\ \([0-9]+\)$ ]]
	run -0 --separate-stderr runjob run -- true
	last_job
	[ "$(runjob show --json "$id" | jq -r .left_over)" = null ]
}
