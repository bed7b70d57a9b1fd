load ../helper

@test "layout: every case is listed" {
	every_case_is_listed
}

@test "layout: environment comes first" {
	unit environment_comes_first
}

@test "layout: a person gets the xdg places" {
	unit a_person_gets_the_xdg_places
}

@test "layout: no home is said" {
	unit no_home_is_said
}

@test "layout: key comes from three places" {
	unit key_comes_from_three_places
}
