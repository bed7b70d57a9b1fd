load ../helper

@test "principal: every case is listed" {
	every_case_is_listed
}

# bats test_tags=F2_81
@test "principal: nobody reaches into another namespace" {
	unit nobody_reaches_into_another_namespace
}

@test "principal: what belongs to none is to be looked at" {
	unit what_belongs_to_none_is_to_be_looked_at
}

@test "principal: without a namespace the roles alone count" {
	unit without_a_namespace_the_roles_alone_count
}

@test "principal: it is written as json" {
	unit it_is_written_as_json
}

@test "principal: roles are read whole or not" {
	unit roles_are_read_whole_or_not
}

@test "principal: names are checked" {
	unit names_are_checked
}
