load ../helper

@test "session: every case is listed" {
	every_case_is_listed
}

@test "session: an access token says who it is" {
	unit an_access_token_says_who_it_is
}

@test "session: it is good for one audience and 15 minutes" {
	unit it_is_good_for_one_audience_and_15_minutes
}

@test "session: every changed byte is noticed" {
	unit every_changed_byte_is_noticed
}

@test "session: a refresh token is good once" {
	unit a_refresh_token_is_good_once
}

@test "session: in its grace it gives the same again" {
	unit in_its_grace_it_gives_the_same_again
}

@test "session: it lives seven days and no session longer than ninety" {
	unit it_lives_seven_days_and_no_session_longer_than_ninety
}

@test "session: a made up refresh token harms nobody" {
	unit a_made_up_refresh_token_harms_nobody
}

@test "session: a session follows its api key" {
	unit a_session_follows_its_api_key
}

@test "session: revoking ends it at once" {
	unit revoking_ends_it_at_once
}

@test "session: old keys still verify when new ones sign" {
	unit old_keys_still_verify_when_new_ones_sign
}

@test "session: a changed file is refused" {
	unit a_changed_file_is_refused
}

@test "session: what ended is pruned" {
	unit what_ended_is_pruned
}

@test "session: wishes are checked" {
	unit wishes_are_checked
}
