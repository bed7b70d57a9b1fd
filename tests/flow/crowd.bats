load ../helper

# Jobs are started, stopped, removed, paused, resumed, attached to, followed and pruned at random
# by 8 processes.  CROWD=1000 makes more of them, and other choices each time (`make crash`),
# SEED=N the same again.

# bats test_tags=F2_84
@test "flow: of many jobs that many meddle with each ends once, and nothing is left" {
	local seed=${SEED:-${CROWD:+$RANDOM}}
	: "${seed:=1}"
	echo "SEED=$seed CROWD=${CROWD:-120}"
	python3 "$top/tests/flow/crowd.py" "$BATS_TEST_TMPDIR/lab" "${CROWD:-120}" "$seed"
}
