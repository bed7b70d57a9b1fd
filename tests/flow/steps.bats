load ../helper

# The queue's own programs are killed at each of their calls that change something, in turn:
# who starts a job that has to wait, the keeper, supervisors, stop, and recover itself.  After
# recover each job that was promised is there and has ended once, nothing ran twice, and nothing
# is left of the others.  CRASH_STRIDE=1 takes every step (`make crash`), with CRASH_STRIDE=N each
# Nth of them, others each time, SEED=N the same ones.

# tree FOLDER: the programs once more, with a supervisor that takes what is preloaded.
tree() {
	mkdir -p "$1/libexec"
	cp -a "$build/bin" "$build/lib.a" "$1"
	cp -a "$build/libexec/hooktools" "$1/libexec"
	rm "$1/libexec/hooktools/runjob-shim"
	cc -o "$1/libexec/hooktools/runjob-shim" "$build"/obj/bin/runjob-shim/*.o "$1/lib.a"
	cc -shared -fPIC -O1 -D_GNU_SOURCE -o "$1/crash.so" "$top/tests/flow/crash.c" -ldl
}

# bats test_tags=FX_2,F2_84
@test "flow: the queue loses nothing and leaves nothing, wherever it is killed" {
	local seed=${SEED:-${CRASH_STRIDE:+$RANDOM}} tree=$BATS_TEST_TMPDIR/tree
	case $build in
	*address*) skip "the sanitizer must be loaded first" ;;
	esac
	: "${seed:=1}"
	echo "SEED=$seed CRASH_STRIDE=${CRASH_STRIDE:-32}"
	tree "$tree"
	PATH=$tree/bin:$tree/libexec/hooktools:$PATH python3 "$top/tests/flow/steps.py" "$BATS_TEST_TMPDIR/lab" "$tree/crash.so" \
		"${CRASH_STRIDE:-32}" "$seed"
}
