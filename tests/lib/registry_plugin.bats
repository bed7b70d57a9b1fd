load ../helper

@test "registry_plugin: every case is listed" {
	every_case_is_listed
}

@test "registry_plugin: versions are listed by name and number" {
	unit versions_are_listed_by_name_and_number
}

# bats test_tags=F0_19
@test "registry_plugin: a version is there once and never changed" {
	unit a_version_is_there_once_and_never_changed
}

@test "registry_plugin: a version can be dropped" {
	unit a_version_can_be_dropped
}

@test "registry_plugin: disabling lasts" {
	unit disabling_lasts
}

@test "registry_plugin: an assignment has its version" {
	unit an_assignment_has_its_version
}

# bats test_tags=F0_24,F2_32
@test "registry_plugin: settings are replaced and go with what they are for" {
	unit settings_are_replaced_and_go_with_what_they_are_for
}
