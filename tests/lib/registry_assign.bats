load ../helper

@test "registry_assign: every case is listed" {
	every_case_is_listed
}

# bats test_tags=F0_20
@test "registry_assign: many of either are related" {
	unit many_of_either_are_related
}

# bats test_tags=F0_23
@test "registry_assign: assigning twice is once" {
	unit assigning_twice_is_once
}

# bats test_tags=F0_25
@test "registry_assign: what is not there is not related" {
	unit what_is_not_there_is_not_related
}

# bats test_tags=F0_22,F0_24
@test "registry_assign: a relation goes with its command" {
	unit a_relation_goes_with_its_command
}

# bats test_tags=F0_21,F0_24
@test "registry_assign: a relation goes with its repository" {
	unit a_relation_goes_with_its_repository
}

# bats test_tags=F0_23
@test "registry_assign: a relation is never changed" {
	unit a_relation_is_never_changed
}

# bats test_tags=F0_24
@test "registry_assign: half a relation is refused" {
	unit half_a_relation_is_refused
}
