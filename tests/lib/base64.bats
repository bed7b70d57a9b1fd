load ../helper

@test "base64: every case is listed" {
	every_case_is_listed
}

@test "base64: published vectors" {
	unit published_vectors
}

@test "base64: url alphabet has no padding" {
	unit url_alphabet_has_no_padding
}

@test "base64: lenient forms are refused" {
	unit lenient_forms_are_refused
}
