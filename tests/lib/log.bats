load ../helper

@test "log: every case is listed" {
	every_case_is_listed
}

@test "log: lines gather until something is wrong" {
	unit lines_gather_until_something_is_wrong
}

@test "log: a line cannot be forged" {
	unit a_line_cannot_be_forged
}

@test "log: the journal gets levels" {
	unit the_journal_gets_levels
}

@test "log: the client of inetd reads no log" {
	unit the_client_of_inetd_reads_no_log
}
