load ../helper

# One boot for all of them: what each test is about is a check of that name in tests/vm/checks.
setup_file() {
	local status=0
	"$BATS_TEST_DIRNAME/boot" "$BATS_TEST_DIRNAME/checks" "$BATS_FILE_TMPDIR/said" 3>&- || status=$?
	echo "$status" >"$BATS_FILE_TMPDIR/status"
}

checked() {
	if [ "$(cat "$BATS_FILE_TMPDIR/status")" -eq 69 ]; then skip "$(cat "$BATS_FILE_TMPDIR/said")"; fi
	tr -d '\r' <"$BATS_FILE_TMPDIR/said" | grep -qx "ok $1" || {
		cat "$BATS_FILE_TMPDIR/said"
		return 1
	}
}

# bats test_tags=F2_46,FX_12,FX_14
@test "cgroup v2: a limit of memory ends the whole job, which says so and who was killed" {
	checked memory_limit_ends_the_whole_job
}

# bats test_tags=FX_14
@test "cgroup v2: the roof of an owner is told apart from the job's own limit" {
	checked the_roof_of_an_owner_is_told_apart
}

# bats test_tags=FX_12
@test "cgroup v2: a fork bomb stays at its limit" {
	checked a_fork_bomb_stays_at_its_limit
}

# bats test_tags=F2_46,FX_12
@test "cgroup v2: a limit of CPUs holds within 5 %" {
	checked a_cpu_limit_holds_within_5_percent
}

# bats test_tags=FX_12,FX_14
@test "cgroup v2: bytes are written no faster than allowed, and counted" {
	checked bytes_are_written_no_faster_than_allowed
}

# bats test_tags=FX_13
@test "cgroup v2: stop takes a daemon with its own session, forked twice" {
	checked stop_takes_a_daemon
}

# bats test_tags=FX_14,FX_17
@test "cgroup v2: a paused job is frozen, and ended when its supervisor died" {
	checked a_paused_job_is_frozen_and_counted
}

# bats test_tags=FX_12
@test "systemd: a delegated unit limits without privileges" {
	checked a_delegated_unit_limits_without_privileges
}

# bats test_tags=FX_12
@test "systemd: without a delegated cgroup a limit is an error that says what to do" {
	checked what_was_not_delegated_is_an_error
}

@test "systemd: jobs of the anchor's unit outlive the restart of who started them" {
	checked jobs_outlive_the_restart_of_who_starts_them
}

# bats test_tags=FX_12,FX_13
@test "fallback: it keeps its promises beside version 2" {
	checked the_fallback_keeps_its_promises
}

@test "cgroup v2: no group is left behind" {
	checked nothing_is_left
}
