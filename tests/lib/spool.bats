load ../helper

@test "spool: every case is listed" {
	every_case_is_listed
}

@test "spool: open makes the folders" {
	unit open_makes_the_folders
}

@test "spool: put is seen whole in new" {
	unit put_is_seen_whole_in_new
}

@test "spool: what is not published leaves nothing" {
	unit what_is_not_published_leaves_nothing
}

@test "spool: the same id is not written twice at once" {
	unit the_same_id_is_not_written_twice_at_once
}

@test "spool: move is a rename" {
	unit move_is_a_rename
}
