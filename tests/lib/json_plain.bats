load ../helper

@test "json_plain: every case is listed" {
	every_case_is_listed
}

@test "json_plain: strings without escapes" {
	unit strings_without_escapes
}

@test "json_plain: whole numbers" {
	unit whole_numbers
}

@test "json_plain: objects in objects" {
	unit objects_in_objects
}

@test "json_plain: validity" {
	unit validity
}
