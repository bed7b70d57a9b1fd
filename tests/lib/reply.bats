load ../helper

@test "reply: every case is listed" {
	every_case_is_listed
}

@test "reply: says whether a later try may help" {
	unit says_whether_a_later_try_may_help
}
