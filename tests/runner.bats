#!/usr/bin/env bats
# tests/run: what it counts, what it asks again, and what is left at the end of its log

load helper

setup() {
	files=$BATS_TEST_TMPDIR/files
	mkdir "$files"
	printf '@test "good" {\n\ttrue\n}\n@test "left out" {\n\tskip "for a reason"\n}\n' >"$files/good.bats"
	printf '@test "broken" {\n\techo "the reason"\n\tfalse\n}\n' >"$files/broken.bats"
	# Fails where its mark is not there yet, as a race that is lost once.
	printf '@test "racing" {\n\t[ -e %q ] || { touch %q && false; }\n}\n' "$files/mark" "$files/mark" >"$files/racing.bats"
}

# A runner of its own, not one that takes itself for a part of this one.
runner() { run env -u BATS_TEST_FILENAME -u BATS_RUN_TMPDIR -u STRICT -u SLOW -u AGAIN "$@" tests/run "${names[@]/#/$files/}"; }

@test "runner: what passed, failed and was left out is counted, and what failed is named last" {
	names=(good.bats broken.bats)
	runner
	[ "$status" -eq 1 ]
	[ "${lines[-1]}" = '1 passed, 1 failed, 1 skipped' ]
	[ "${lines[-2]}" = "failed: $files/broken.bats: broken" ]
	[[ $output == *'# the reason'* ]]
	names=(good.bats)
	runner STRICT=1
	[ "$status" -eq 1 ]
	[ "${lines[-1]}" = '1 passed, 1 failed, 1 skipped' ]
	runner
	[ "$status" -eq 0 ]
}

@test "runner: a few that failed among others are asked again alone, and named" {
	names=(racing.bats good.bats)
	runner AGAIN=1
	[ "$status" -eq 0 ]
	[ "${lines[-1]}" = '2 passed, 0 failed, 1 skipped' ]
	[ "${lines[-2]}" = "failed among others, asked again alone: $files/racing.bats: racing" ]
	names=(broken.bats)
	runner AGAIN=1
	[ "$status" -eq 1 ]
	[ "${lines[-1]}" = '0 passed, 1 failed' ]
}

@test "runner: more than a few are asked once" {
	names=(racing.bats broken.bats)
	runner AGAIN=1
	[ "$status" -eq 1 ]
	[ "${lines[-1]}" = '0 passed, 2 failed' ]
	names=(racing.bats)
	rm "$files/mark"
	runner
	[ "$status" -eq 1 ]
}
