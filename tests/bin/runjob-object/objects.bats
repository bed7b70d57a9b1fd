load ../../helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	store=$(printf '%s/jobs/%056d%08x/.objects' "$HOOKTOOLS_STATE" 0 "$EUID")
}

# files FOLDER: how many are in that part of the store.
files() {
	find "$store/$1" -type f | wc -l
}

# bats test_tags=F2_17,F2_49,F2_80
@test "runjob object: what was put comes back byte for byte, and is there once" {
	local sum key
	head -c 3000000 /dev/urandom >big
	printf 'a\0\377\r\n' >small
	: >empty
	sum=$(sha256sum <big)
	run -0 --separate-stderr runjob object put a/b.bin big
	[ "$output" = "${sum%% *}" ]
	# A stream that stops and goes on.
	(cat small && read -rt 0.05 <> <(:) || cat small) | runjob object put twice - >/dev/null
	runjob object put --json again/b.bin - <big | jq -e --arg sum "${sum%% *}" \
		'.sha256 == $sum and .size == 3000000 and .key == "again/b.bin" and .expired == false'
	runjob object put --pipeline site a/b.bin small >/dev/null
	runjob object put empty empty >/dev/null
	runjob object get a/b.bin | cmp - big
	runjob object get again/b.bin | cmp - big
	runjob object get --pipeline site a/b.bin | cmp - small
	runjob object get twice | cmp - <(cat small small)
	runjob object get empty | cmp - empty
	[ "$(files data)" -eq 4 ] && [ "$(files tmp)" -eq 0 ]
	# Pages, by key.
	diff - <(runjob object list --limit 2 | jq -r .key) <<<$'a/b.bin\nagain/b.bin'
	diff - <(runjob object list --after again/b.bin | jq -r '.key + " " + (.size | tostring)') <<<$'empty 0\ntwice 10'
	# Whoever is the last to mean it takes the contents along.
	run -0 runjob object delete a/b.bin
	run -1 runjob object delete a/b.bin
	runjob object gc | jq -e '.removed == 0 and .objects == 4'
	run -0 runjob object delete again/b.bin
	runjob object gc | jq -e '.removed == 1 and .bytes == 3000000'
	run -1 --separate-stderr runjob object get a/b.bin
	[ "$stderr" = "runjob: no object 'a/b.bin'" ]
}

# bats test_tags=F2_16
@test "runjob object: wrong keys, sizes and usage are refused, and a full disk is named" {
	local key
	for key in ../x a/../b /a a/ a//b .a a/.b 'a b' 'a,b' '' "$(printf 'k%.0s' {1..201})" $'a\nb'; do
		run -64 runjob object put "$key" /dev/null
		run -64 runjob object get "$key"
	done
	run -64 runjob object put --run nobody k /dev/null
	run -64 runjob object put --pipeline a/b k /dev/null
	run -64 runjob object put --pipeline . k /dev/null
	run -64 runjob object put k .
	run -64 runjob object
	run -71 runjob object put k /nowhere
	run -1 runjob object put --run 0195a000-0000-7000-8000-000000000001 k /dev/null
	[ "$(files keys)" -eq 0 ] && [ "$(files tmp)" -eq 0 ]
	HOOKTOOLS_OBJECT_MAX=4K run -65 --separate-stderr runjob object put k - < <(head -c 4097 /dev/zero)
	[ "$stderr" = "runjob: object 'k': more than 4096 bytes, see HOOKTOOLS_OBJECT_MAX" ]
	HOOKTOOLS_OBJECT_MAX=4K run -0 runjob object put k - < <(head -c 4096 /dev/zero)
	HOOKTOOLS_OBJECT_MAX=x run -78 runjob object put k /dev/null
	run -71 --separate-stderr bash -c 'runjob object get k >/dev/full'
	[ "$stderr" = "runjob: object 'k': write 'standard output': No space left on device" ]
	unshare -m mount -t tmpfs none "$HOOKTOOLS_STATE" 2>/dev/null || skip "cannot mount here"
	# shellcheck disable=SC2016 # the inner shell's
	run -71 --separate-stderr unshare -m sh -c 'mount -t tmpfs -o size=200k none "$HOOKTOOLS_STATE"
		runjob object put k /etc/hostname >/dev/null
		head -c 1000000 /dev/zero | runjob object put k -
		code=$?
		runjob object get k | cmp - /etc/hostname && [ -z "$(ls "$HOOKTOOLS_STATE"/jobs/*/.objects/tmp)" ] && exit $code'
	[ "$stderr" = "runjob: object 'k': write 'contents': No space left on device" ]
}

@test "runjob object: a bit that has flipped is not passed off as what was put" {
	local file
	head -c 100000 /dev/urandom >it
	file=$store/data/$(runjob object put it it)
	chmod u+w "$file"
	printf X | dd of="$file" bs=1 seek=77777 conv=notrunc status=none
	cmp -s it "$file" && printf Y | dd of="$file" bs=1 seek=77777 conv=notrunc status=none
	run -65 --separate-stderr bash -c 'runjob object get it >got'
	[[ $stderr == "runjob: object 'it' is not what was put: "*", throw away what came; put it again" ]]
	# To put it again mends it, wherever it is meant.
	runjob object put other it
	runjob object get it | cmp - it
	rm "$file"
	run -65 runjob object get it
}

# bats test_tags=F2_82,F2_83
@test "runjob object: tasks pass things on, and a run's objects expire with it" {
	local id
	id=${job_ids}000000000001
	run -0 runjob start - <<<'{"id":"'"$id"'","pipeline":"demo","tasks":['"$(
		tr -d '\n\t' <<'END'
{"id":"make","exec":["sh","-c","echo $HOOKTOOLS_PIPELINE made it | runjob object put --run . out/it - && echo c | runjob object put --pipeline . cache -"]},
{"id":"use","exec":["sh","-c","runjob object get --run . out/it && runjob object get --pipeline demo cache"],"needs":{"make":"success"}}]}
END
	)"
	[ "$(jq .ok <<<"$output")" = true ]
	run -0 runjob wait "$id"
	run -0 runjob tail "$(runjob list | jq -r 'select(.name == "demo/use").id')"
	[ "$output" = $'demo made it\nc' ]
	run -0 runjob object get --run "$id" out/it
	run -1 runjob object get out/it
	# The job of a job that is no pipeline's is its own run.
	# shellcheck disable=SC2016 # the job's
	run -0 runjob run -- sh -c 'echo own | runjob object put --run . k - && runjob object list --run "$HOOKTOOLS_JOB_ID"'
	[ "$(jq -r .key <<<"${lines[1]}")" = k ]
	run -0 runjob remove "$id"
	run -1 --separate-stderr runjob object get --run "$id" out/it
	[ "$stderr" = "runjob: object 'out/it' of run $id is expired: the run was removed" ]
	runjob object list --run "$id" | jq -e '.expired and .key == "out/it"'
	runjob object gc | jq -e '.expired == 1 and .removed == 1'
	run -1 --separate-stderr runjob object get --run "$id" out/it
	[[ $stderr == *"is expired: the run was removed" ]]
	runjob object gc | jq -e '.expired == 0 and .removed == 0'
	# And others when their time has come.
	run -0 runjob object put --expires 1ms --pipeline demo soon - <<<x
	run -1 --separate-stderr runjob object get --pipeline demo soon
	[[ $stderr == "runjob: object 'soon' of pipeline 'demo' is expired since 2"* ]]
	runjob object gc --run "$id" | jq -e '.expired == 0 and .removed == 0'
	runjob object gc --pipeline demo | jq -e '.expired == 1 and .removed == 1'
	[ "$(runjob object get --pipeline demo cache)" = c ]
}

@test "runjob object: whenever put is killed, nothing that was said is lost and gc removes the rest" {
	local call step all killed=0
	export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0" # not with strace
	echo old | runjob object put kept -
	for call in write fsync renameat mkdirat flock; do
		strace -o trace -e trace=$call runjob object put k - <<<0 >/dev/null
		all=$(grep -c "^$call" trace) || true
		for ((step = 1; step <= all; step++)); do
			strace -o /dev/null -e trace=$call -e inject=$call:signal=KILL:when=$step \
				runjob object put k - <<<"$call $step" >said || killed=$((killed + 1))
			[[ $(runjob object get k) == "$call $step" || ! -s said ]]
			runjob object get k >/dev/null
		done
	done
	[ "$killed" -gt 10 ]
	runjob object gc | jq -e .removed
	[ "$(files tmp)" -eq 0 ] && [ "$(files data)" -eq 2 ]
	[ "$(runjob object get kept)" = old ]
}

@test "runjob object: gc takes nothing from those who put and get meanwhile" {
	local i
	(
		while [ ! -e enough ]; do
			runjob object gc >>collected || touch failed
		done
	) 3>&- &
	# What is put by several at once is the same, so that gc could take it for rubbish.
	for i in 1 2 3; do
		(
			for n in {1..5}; do
				runjob object put "by-$i/$n" - <<<"$n" >/dev/null
				[ "$(runjob object get "by-$i/$n")" = "$n" ] || touch failed
				runjob object delete "by-$i/$n"
			done
		) 3>&- &
	done
	wait %2 %3 %4
	touch enough
	wait %1
	[ ! -e failed ] && [ -s collected ]
	runjob object gc >/dev/null
	[ "$(files data)" -eq 0 ]
}
