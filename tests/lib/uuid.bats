load ../helper

@test "uuid: every case is listed" {
	every_case_is_listed
}

@test "uuid: version 7 sorts as it is made" {
	unit version_7_sorts_as_it_is_made
}

@test "uuid: it bears its time" {
	unit it_bears_its_time
}

@test "uuid: derived ids are stable and differ" {
	unit derived_ids_are_stable_and_differ
}

@test "uuid: a name and a time give the same id" {
	unit a_name_and_a_time_give_the_same_id
}

@test "uuid: only the written form is valid" {
	unit only_the_written_form_is_valid
}
