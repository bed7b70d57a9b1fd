load ../../helper

setup() {
	make_key
	key=$HOOKTOOLS_CONF/hooktools.key
	for n in 1 2 3 4 5; do put "global/s$n" "value $n"; done
	put pipeline/p/x 'a pipeline'"'"'s'
}

put() {
	printf '%s' "$2" | tokenmint vault put "$1"
}

# read_back N...: they can be read and are what they were.
read_back() {
	local n
	for n in "$@"; do
		[ "$(tokenmint vault get "global/s$n")" = "value $n" ] || return 1
	done
}

all_read() {
	read_back 1 2 3 4 5 && [ "$(tokenmint vault get pipeline/p/x)" = "a pipeline's" ]
}

# With the key that was in use before, nothing is sealed any more.
old_key_is_useless() {
	HOOKTOOLS_KEY_FILE=$1 run -77 --separate-stderr tokenmint vault get global/s1
	[ -z "$output" ]
}

@test "tokenmint: vault rekey seals everything anew, and the old key opens nothing" {
	install -m 0400 "$key" "$BATS_TEST_TMPDIR/old"
	printf 1 | tokenmint vault put global/ends --expires 1h
	before=$(tokenmint vault list --json)
	run -0 --separate-stderr tokenmint vault rekey --json
	[ "$output" = '{"resealed":7,"kept":0,"resumed":false,"installed":true}' ]
	run ! cmp -s "$key" "$BATS_TEST_TMPDIR/old"
	[ "$(stat -c %a "$key")" = 400 ]
	[ "$(ls "$HOOKTOOLS_CONF")" = "$(printf '%s\n' consumers.d hooktools.key routes.d)" ]
	all_read
	[ "$(tokenmint vault list --json)" = "$before" ]
	old_key_is_useless "$BATS_TEST_TMPDIR/old"
	run -77 env HOOKTOOLS_KEY_FILE="$BATS_TEST_TMPDIR/old" tokenmint vault put global/s1 </dev/null
	run -0 --separate-stderr tokenmint vault rekey --json
	[ "$output" = '{"resealed":7,"kept":0,"resumed":false,"installed":true}' ]
	all_read
}

@test "tokenmint: vault rekey with a credential holds both keys until the new one is there" {
	mkdir "$BATS_TEST_TMPDIR/cred" "$BATS_TEST_TMPDIR/next"
	mv "$key" "$BATS_TEST_TMPDIR/cred/"
	export CREDENTIALS_DIRECTORY=$BATS_TEST_TMPDIR/cred
	new=$BATS_TEST_TMPDIR/next/hooktools.key
	run -0 --separate-stderr tokenmint vault rekey --key-file "$new" --json
	[ "$output" = '{"resealed":6,"kept":0,"resumed":false,"installed":false}' ]
	[[ $stderr == *"both master keys open the vault"* ]]
	all_read
	CREDENTIALS_DIRECTORY=$BATS_TEST_TMPDIR/next all_read
	put global/s1 'value 1'
	run -0 --separate-stderr tokenmint vault rekey --json
	[ "$output" = '{"resealed":0,"kept":6,"resumed":true,"installed":false}' ]
	export CREDENTIALS_DIRECTORY=$BATS_TEST_TMPDIR/next
	run -0 --separate-stderr tokenmint vault rekey --json
	[ "$output" = '{"resealed":0,"kept":6,"resumed":true,"installed":true}' ]
	all_read
	old_key_is_useless "$BATS_TEST_TMPDIR/cred/hooktools.key"
}

@test "tokenmint: vault rekey refuses the key that is in use" {
	run -64 --separate-stderr tokenmint vault rekey --key-file "$key"
	[[ $stderr == *"holds the master key that is in use"* ]]
	all_read
}

@test "tokenmint: vault rekey names what no key opens, and reseals the others" {
	cp "$HOOKTOOLS_STATE/vault/global/s1" "$HOOKTOOLS_STATE/vault/global/copied"
	run -77 --separate-stderr tokenmint vault rekey
	[[ $stderr == *"secret 'global/copied' opens neither"* ]]
	all_read
	tokenmint vault delete global/copied
	run -0 --separate-stderr tokenmint vault rekey --json
	[ "$output" = '{"resealed":0,"kept":6,"resumed":true,"installed":true}' ]
}

# The calls of one rekey, from where it takes its turn.
trace_rekey() {
	strace -o "$BATS_TEST_TMPDIR/trace" tokenmint vault rekey
	first=$(grep -n '"\.rekey"' "$BATS_TEST_TMPDIR/trace" | head -n 1 | cut -d: -f1)
	[ "$first" -gt 1 ]
}

# calls NAME: how many there are before its turn, and in all.
calls() {
	awk -v call="^$1\\(" -v first="$first" '$0 ~ call { NR < first ? before++ : 0; all++ } END { print before + 0, all + 0 }' \
		"$BATS_TEST_TMPDIR/trace"
}

@test "tokenmint: vault rekey can be killed at every system call, and goes on from there" {
	command -v strace >/dev/null || skip "strace is missing: make deps"
	# LeakSanitizer cannot look while strace does.
	export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
	local call before all step killed=0
	tokenmint vault delete global/s4
	tokenmint vault delete global/s5
	trace_rekey
	for call in openat write fsync syncfs rename renameat link unlink unlinkat flock; do
		read -r before all < <(calls "$call")
		for ((step = before + 1; step <= all; step++)); do
			strace -o /dev/null -e trace=$call -e inject=$call:signal=KILL:when=$step \
				tokenmint vault rekey >/dev/null 2>&1 || killed=$((killed + 1))
			read_back 1 2 3 || {
				echo "after a kill at $call $step" >&2
				return 1
			}
		done
		printf 'value 3' | tokenmint vault put global/s3
	done
	[ "$killed" -gt 30 ]
	run -0 --separate-stderr tokenmint vault rekey
	read_back 1 2 3
	[ -z "$(find "$HOOKTOOLS_STATE/vault" -name '*.rekey.tmp')" ]
}

@test "tokenmint: nobody misses a secret while the key changes again and again" {
	reader() {
		while [ ! -e "$BATS_TEST_TMPDIR/done" ]; do
			all_read || {
				touch "$BATS_TEST_TMPDIR/missed"
				return
			}
		done
	}
	writer() {
		local n=0
		while [ ! -e "$BATS_TEST_TMPDIR/done" ]; do
			n=$((n + 1))
			put global/counter "$n" && [ "$(tokenmint vault get global/counter)" = "$n" ] || {
				touch "$BATS_TEST_TMPDIR/missed"
				return
			}
			put "global/gone" 1
			tokenmint vault delete global/gone && ! tokenmint vault get global/gone 2>/dev/null || {
				touch "$BATS_TEST_TMPDIR/missed"
				return
			}
		done
	}
	teardown() { touch "$BATS_TEST_TMPDIR/done"; }
	reader 3>&- &
	reader=$!
	writer 3>&- &
	writer=$!
	for n in 1 2 3 4 5 6 7 8; do
		run -0 tokenmint vault rekey
		(exec tokenmint vault rekey) 3>&- &
		killed=$!
		read -rt 0.00$n <> <(:) || true
		kill -9 "$killed" 2>/dev/null || true
		wait "$killed" || true
	done
	run -0 tokenmint vault rekey
	touch "$BATS_TEST_TMPDIR/done"
	wait "$reader" "$writer"
	[ ! -e "$BATS_TEST_TMPDIR/missed" ]
	all_read
}

@test "tokenmint: two that change the key at once do not meet" {
	for n in 1 2 3; do
		(exec tokenmint vault rekey) 3>&- &
		one=$!
		tokenmint vault rekey || [ $? -eq 75 ]
		wait "$one" || [ $? -eq 75 ]
		all_read
	done
}
