load ../helper

@test "vault: every case is listed" {
	every_case_is_listed
}

# bats test_tags=F0_26,F0_27
@test "vault: any bytes survive" {
	unit any_bytes_survive
}

@test "vault: a megabyte survives" {
	unit a_megabyte_survives
}

@test "vault: missing is not a failure" {
	unit missing_is_not_a_failure
}

# bats test_tags=F0_27
@test "vault: names are checked" {
	unit names_are_checked
}

@test "vault: a renamed file is denied" {
	unit a_renamed_file_is_denied
}

@test "vault: every changed byte is denied" {
	unit every_changed_byte_is_denied
}

@test "vault: another key is denied" {
	unit another_key_is_denied
}

# bats test_tags=F0_26
@test "vault: files show nothing" {
	unit files_show_nothing
}

@test "vault: lists sorted and by prefix" {
	unit lists_sorted_and_by_prefix
}

@test "vault: key files are checked" {
	unit key_files_are_checked
}

@test "vault: a key is made once" {
	unit a_key_is_made_once
}
