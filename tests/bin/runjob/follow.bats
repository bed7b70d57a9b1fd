load ../../helper

# Those who follow a job.  FOLLOWERS and FOLLOW_SIZE (half of what is written) make more of it: 100
# and 512M, say; FOLLOW_SUM is who sums then, as `openssl dgst -sha256 -r`, which is faster.

# bats test_tags=FX_11
@test "runjob tail: followers from before, from the middle and from after the end all get each byte" {
	local i followers=${FOLLOWERS:-40} size=${FOLLOW_SIZE:-8M} pids=() sum sum_of=${FOLLOW_SUM:-sha256sum}
	mkfifo "$BATS_TEST_TMPDIR/go" "$BATS_TEST_TMPDIR/on"
	export HOOKTOOLS_LOG_MAX=20G
	# shellcheck disable=SC2016 # for the job's shell
	id=$(runjob start -- sh -c 'read -r _ <"$1"; head -c "$3" /dev/urandom | tee "$4"; read -r _ <"$2"
		head -c "$3" /dev/urandom | tee -a "$4"' _ "$BATS_TEST_TMPDIR/go" "$BATS_TEST_TMPDIR/on" "$size" "$BATS_TEST_TMPDIR/written")
	follow() {
		for ((i = 0; i < followers / 2; i++)); do
			(runjob tail -f "$id" | $sum_of >>"$BATS_TEST_TMPDIR/sums") 3>&- &
			pids+=($!)
		done
	}
	follow
	echo >"$BATS_TEST_TMPDIR/go"
	follow
	echo >"$BATS_TEST_TMPDIR/on"
	run -0 runjob wait "$id"
	wait "${pids[@]}"
	sum=$($sum_of <"$BATS_TEST_TMPDIR/written")
	[ "$(sort -u "$BATS_TEST_TMPDIR/sums")" = "$sum" ]
	[ "$(wc -l <"$BATS_TEST_TMPDIR/sums")" -eq $((followers / 2 * 2)) ]
	[ "$(runjob tail -f "$id" | $sum_of)" = "$sum" ]
	[ "$(runjob tail "$id" | $sum_of)" = "$sum" ]
}
