load ../helper

@test "date: every case is listed" {
	every_case_is_listed
}

@test "date: formats milliseconds" {
	unit formats_milliseconds
}

@test "date: parses rfc 3339" {
	unit parses_rfc_3339
}

@test "date: refuses what is no date" {
	unit refuses_what_is_no_date
}

@test "date: parses http dates" {
	unit parses_http_dates
}

@test "date: what is written is read again" {
	unit what_is_written_is_read_again
}
