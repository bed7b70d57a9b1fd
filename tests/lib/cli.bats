load ../helper

@test "cli: every case is listed" {
	every_case_is_listed
}

@test "cli: takes options and words in any order" {
	unit takes_options_and_words_in_any_order
}

@test "cli: takes what is behind two dashes as words" {
	unit takes_what_is_behind_two_dashes_as_words
}

@test "cli: names the option that is wrong" {
	unit names_the_option_that_is_wrong
}

@test "cli: bounds the words" {
	unit bounds_the_words
}

@test "cli: knows what belongs to a command" {
	unit knows_what_belongs_to_a_command
}

@test "cli: answers only when it is asked" {
	unit answers_only_when_it_is_asked
}

@test "cli: reads a limit" {
	unit reads_a_limit
}
