load ../helper

@test "file_sync: every case is listed" {
	every_case_is_listed
}

@test "file_sync: syncs one and many and none" {
	unit syncs_one_and_many_and_none
}

@test "file_sync: works where the kernel refuses" {
	unit works_where_the_kernel_refuses
}

@test "file_sync: says what failed of many" {
	unit says_what_failed_of_many
}
