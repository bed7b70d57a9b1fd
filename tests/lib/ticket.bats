load ../helper

@test "ticket: every case is listed" {
	every_case_is_listed
}

@test "ticket: what is written is read" {
	unit what_is_written_is_read
}

@test "ticket: the checksum is the crc of gzip" {
	unit the_checksum_is_the_crc_of_gzip
}

@test "ticket: every changed character is noticed" {
	unit every_changed_character_is_noticed
}

@test "ticket: another kind is none" {
	unit another_kind_is_none
}

@test "ticket: ids sort by time" {
	unit ids_sort_by_time
}

@test "ticket: ids are exact" {
	unit ids_are_exact
}

@test "ticket: every character is used" {
	unit every_character_is_used
}
