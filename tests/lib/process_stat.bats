load ../helper

@test "process_stat: every case is listed" {
	every_case_is_listed
}

@test "process_stat: fields are counted behind the name" {
	unit fields_are_counted_behind_the_name
}
