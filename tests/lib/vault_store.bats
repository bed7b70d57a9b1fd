load ../helper

@test "vault_store: every case is listed" {
	every_case_is_listed
}

@test "vault_store: the setting is checked" {
	unit the_setting_is_checked
}

@test "vault_store: answers are taken apart" {
	unit answers_are_taken_apart
}

# bats test_tags=F2_48
@test "vault_store: a vault asks the store for its names only" {
	unit a_vault_asks_the_store_for_its_names_only
}

@test "vault_store: a failing store says why" {
	unit a_failing_store_says_why
}
