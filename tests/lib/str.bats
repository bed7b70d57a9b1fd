load ../helper

@test "str: every case is listed" {
	every_case_is_listed
}

@test "str: null equals nothing" {
	unit null_equals_nothing
}

@test "str: splits to the end" {
	unit splits_to_the_end
}

@test "str: numbers are digits in range" {
	unit numbers_are_digits_in_range
}

@test "str: leading digits are enough" {
	unit leading_digits_are_enough
}

@test "str: hundredths" {
	unit hundredths
}

@test "str: durations have units" {
	unit durations_have_units
}

@test "str: sizes are powers of 1024" {
	unit sizes_are_powers_of_1024
}

@test "str: identifiers are checked" {
	unit identifiers_are_checked
}

@test "str: names cannot climb" {
	unit names_cannot_climb
}
