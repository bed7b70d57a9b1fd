load ../helper

@test "registry_schedule: every case is listed" {
	every_case_is_listed
}

@test "registry_schedule: what was added is found" {
	unit what_was_added_is_found
}

@test "registry_schedule: a name is taken once" {
	unit a_name_is_taken_once
}

@test "registry_schedule: a plugins is replaced and goes on" {
	unit a_plugins_is_replaced_and_goes_on
}

@test "registry_schedule: it is started and stopped" {
	unit it_is_started_and_stopped
}

@test "registry_schedule: its times are kept" {
	unit its_times_are_kept
}

@test "registry_schedule: they are listed by name" {
	unit they_are_listed_by_name
}

@test "registry_schedule: a plugins goes with it" {
	unit a_plugins_goes_with_it
}

@test "registry_schedule: batches are kept in their order" {
	unit batches_are_kept_in_their_order
}
