load ../helper

@test "json_object: every case is listed" {
	every_case_is_listed
}

@test "json_object: a sound object has each name once" {
	unit a_sound_object_has_each_name_once
}

@test "json_object: members are bounded" {
	unit members_are_bounded
}

@test "json_object: members are found by what they say" {
	unit members_are_found_by_what_they_say
}

@test "json_object: texts are decoded" {
	unit texts_are_decoded
}
