load ../../helper

# Those who follow a job.  FOLLOWERS and FOLLOW_SIZE make more of it: 100 and 1G, say.

# bats test_tags=FX_11
@test "runjob tail: followers from before, from the middle and from after the end all get each byte" {
	local i followers=${FOLLOWERS:-40} size=${FOLLOW_SIZE:-8M} pids=() sum
	mkfifo "$BATS_TEST_TMPDIR/go" "$BATS_TEST_TMPDIR/on"
	export HOOKTOOLS_LOG_MAX=20G
	# shellcheck disable=SC2016 # for the job's shell
	id=$(runjob start -- sh -c 'read -r _ <"$1"; head -c "$3" /dev/urandom | tee "$4"; read -r _ <"$2"
		head -c "$3" /dev/urandom | tee -a "$4"' _ "$BATS_TEST_TMPDIR/go" "$BATS_TEST_TMPDIR/on" "$size" "$BATS_TEST_TMPDIR/written")
	follow() {
		for ((i = 0; i < followers / 2; i++)); do
			(runjob tail -f "$id" | sha256sum >>"$BATS_TEST_TMPDIR/sums") 3>&- &
			pids+=($!)
		done
	}
	follow
	echo >"$BATS_TEST_TMPDIR/go"
	follow
	echo >"$BATS_TEST_TMPDIR/on"
	run -0 runjob wait "$id"
	wait "${pids[@]}"
	sum=$(sha256sum <"$BATS_TEST_TMPDIR/written")
	[ "$(sort -u "$BATS_TEST_TMPDIR/sums")" = "$sum" ]
	[ "$(wc -l <"$BATS_TEST_TMPDIR/sums")" -eq $((followers / 2 * 2)) ]
	[ "$(runjob tail -f "$id" | sha256sum)" = "$sum" ]
	[ "$(runjob tail "$id" | sha256sum)" = "$sum" ]
}
