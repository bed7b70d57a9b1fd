load ../helper

setup() {
	run "$build/tests/cgroup_test" a_child_is_born_inside
	has_group=yes
	[ "$status" -ne 3 ] || has_group=no
}

needs_group() {
	[ "$has_group" = yes ] || skip "this machine gives us no cgroup v2"
}

@test "cgroup: every case is listed" {
	every_case_is_listed
}

@test "cgroup: no is none, and a wrong folder is a configuration error" {
	unit no_is_none
}

# bats test_tags=FX_12
@test "cgroup: a child is born inside its group" {
	needs_group
	unit a_child_is_born_inside
}

@test "cgroup: kill takes daemonised grandchildren, too" {
	needs_group
	unit kill_takes_daemons_too
}

@test "cgroup: a name that is taken gets a group of its own" {
	needs_group
	unit a_name_that_is_taken_gets_a_group_of_its_own
}

# bats test_tags=FX_12
@test "cgroup: a limit applies, or it is told which one does not; so for the owner's" {
	needs_group
	unit a_limit_applies_or_is_missing
}

@test "cgroup: version 1 limits what version 2 lacks" {
	run "$build/tests/cgroup_test" version_1_limits_what_version_2_lacks
	if [ "$status" -eq 3 ]; then skip "no version 1 here"; fi
	unit version_1_limits_what_version_2_lacks
}

@test "cgroup: a frozen group stands still and can be killed" {
	needs_group
	unit a_frozen_group_stands_still_and_can_be_killed
}

@test "cgroup: CPUs, disks and sets of limits are read" {
	unit cpus_and_disks_are_read
}
