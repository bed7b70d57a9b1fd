load ../helper

@test "error: every case is listed" {
	every_case_is_listed
}

@test "error: set gives minus one and the text" {
	unit set_gives_minus_one_and_the_text
}

@test "error: errno names object and reason" {
	unit errno_names_object_and_reason
}

@test "error: wrap keeps the kind" {
	unit wrap_keeps_the_kind
}

@test "error: long texts are cut" {
	unit long_texts_are_cut
}

@test "error: every kind has its status" {
	unit every_kind_has_its_status
}
