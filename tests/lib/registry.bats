load ../helper

@test "registry: every case is listed" {
	every_case_is_listed
}

@test "registry: only its owner reads it" {
	unit only_its_owner_reads_it
}

@test "registry: a hook is found by id and name" {
	unit a_hook_is_found_by_id_and_name
}

@test "registry: what is not there is no failure" {
	unit what_is_not_there_is_no_failure
}

@test "registry: the list is sorted by id" {
	unit the_list_is_sorted_by_id
}

@test "registry: a name has one hook" {
	unit a_name_has_one_hook
}

@test "registry: half an addition is none" {
	unit half_an_addition_is_none
}

@test "registry: a repository goes with its last hook" {
	unit a_repository_goes_with_its_last_hook
}

@test "registry: hooks go with their repository" {
	unit hooks_go_with_their_repository
}

@test "registry: a hook is switched off and on" {
	unit a_hook_is_switched_off_and_on
}

@test "registry: a change elsewhere is noticed" {
	unit a_change_elsewhere_is_noticed
}

@test "registry: of two who add a name one succeeds" {
	unit of_two_who_add_a_name_one_succeeds
}

@test "registry: keys are data" {
	unit keys_are_data
}

@test "registry: where the secret is" {
	unit where_the_secret_is
}

@test "registry: the forges hook is remembered" {
	unit the_forges_hook_is_remembered
}
