load ../helper

# FLOOD=10000 is the whole of it (`make crash`).

# bats test_tags=FX_4,F2_84
@test "flow: many events at once become as many jobs of a group, a few processes at a time" {
	# Beside the four that have a place: those that gave theirs back and tidy up.
	local supervisors=12
	case $build in
	*address*) supervisors=24 ;; # it looks for leaks when they end
	esac
	python3 "$top/tests/flow/flood.py" "$BATS_TEST_TMPDIR/lab" "${FLOOD:-200}" "$supervisors"
}
