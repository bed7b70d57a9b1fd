load ../helper

@test "zone: every case is listed" {
	every_case_is_listed
}

@test "zone: shows the clock of a zone" {
	unit shows_the_clock_of_a_zone
}

@test "zone: the systems zone comes back" {
	unit the_systems_zone_comes_back
}

@test "zone: an unknown zone is an error" {
	unit an_unknown_zone_is_an_error
}

@test "zone: where the zones are may be said" {
	unit where_the_zones_are_may_be_said
}
