load ../helper

# Routers and consumers are killed at random, replies are lost, consumers fail for now and for
# good: every event ends in done/ or dead/, each consumer saw each delivery, none is settled
# twice, and lanes keep their order.  SEED=N makes the same choices again, PROPERTY_EVENTS=10000
# is the whole of it.

# bats test_tags=F2_26,FX_2
@test "flow: whatever dies or fails, every event ends, and every lane keeps its order" {
	local seed=${SEED:-$RANDOM$RANDOM}
	echo "SEED=$seed PROPERTY_EVENTS=${PROPERTY_EVENTS:-400}"
	mkdir "$BATS_TEST_TMPDIR/property"
	python3 "$top/tests/flow/property.py" run "$BATS_TEST_TMPDIR/property" "${PROPERTY_EVENTS:-400}" "$seed"
}
