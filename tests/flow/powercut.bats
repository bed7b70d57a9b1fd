load ../helper

# bats test_tags=FX_2
@test "power cut: what hookrecv answered 202 is on the disk, whole and once" {
	case $build in
	*address*) skip "the sanitizer must be loaded first" ;;
	esac
	CRASH_ROUNDS=5 CRASH_EVENTS=400 run -0 --separate-stderr "$top/tests/crash/run"
	[[ "${lines[-1]}" == *" acknowledged, 0 lost, 0 twice" ]]
	[[ "${lines[-1]}" != "0 acknowledged"* ]]
}
