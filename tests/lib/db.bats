load ../helper

@test "db: every case is listed" {
	every_case_is_listed
}

@test "db: migrates step by step" {
	unit migrates_step_by_step
}

@test "db: a newer database is refused" {
	unit a_newer_database_is_refused
}

@test "db: a failed migration changes nothing" {
	unit a_failed_migration_changes_nothing
}

@test "db: rows and parameters" {
	unit rows_and_parameters
}

@test "db: constraints are data errors and cascade" {
	unit constraints_are_data_errors_and_cascade
}

@test "db: rollback undoes" {
	unit rollback_undoes
}

@test "db: reading changes nothing" {
	unit reading_changes_nothing
}

@test "db: what is no database is named" {
	unit what_is_no_database_is_named
}

@test "db: writers wait for each other" {
	unit writers_wait_for_each_other
}
