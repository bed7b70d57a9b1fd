load ../helper

@test "pipeline_share: every case is listed" {
	every_case_is_listed
}

@test "pipeline_share: shares are hundredths of a percent" {
	unit shares_are_hundredths_of_a_percent
}

@test "pipeline_share: the place of an id is known" {
	unit the_place_of_an_id_is_known
}

@test "pipeline_share: every share is met" {
	unit every_share_is_met
}
