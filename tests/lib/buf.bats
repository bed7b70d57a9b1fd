load ../helper

@test "buf: every case is listed" {
	every_case_is_listed
}

@test "buf: empty is empty text" {
	unit empty_is_empty_text
}

@test "buf: grows over many adds" {
	unit grows_over_many_adds
}

@test "buf: room is there for the nul" {
	unit room_is_there_for_the_nul
}

@test "buf: skips and cuts" {
	unit skips_and_cuts
}

@test "buf: take leaves it empty" {
	unit take_leaves_it_empty
}
