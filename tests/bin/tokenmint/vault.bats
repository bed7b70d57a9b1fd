load ../../helper

setup() {
	make_key
}

# put NAME TEXT
put() {
	printf '%s' "$2" | tokenmint vault put "$1"
}

vault_file() {
	printf '%s/vault/%s' "$HOOKTOOLS_STATE" "$1"
}

# bats test_tags=F0_26,F0_27
@test "tokenmint: logins and keys of a repository are kept in the vault, by its uuid" {
	id=0195b6a0-1111-4111-8111-000000000001
	put "repository/${id}_USERNAME" fred
	put "repository/${id}_PASSWORD" 'p=w d'
	put "repository/${id}_SSH_KEY" $'-----BEGIN\nKEY-----\n'
	run -0 tokenmint vault get "repository/${id}_USERNAME"
	[ "$output" = fred ]
	run -0 tokenmint vault get "repository/${id}_PASSWORD"
	[ "$output" = 'p=w d' ]
	run -0 tokenmint vault list "repository/$id"
	[ "$output" = "repository/${id}_PASSWORD
repository/${id}_SSH_KEY
repository/${id}_USERNAME" ]
	run ! grep -raq 'fred\|p=w\|BEGIN' "$HOOKTOOLS_STATE"
}

@test "tokenmint: a secret comes out byte for byte" {
	head -c 1048576 /dev/urandom >"$BATS_TEST_TMPDIR/big"
	tokenmint vault put global/big --file "$BATS_TEST_TMPDIR/big"
	tokenmint vault get global/big >"$BATS_TEST_TMPDIR/out"
	cmp "$BATS_TEST_TMPDIR/big" "$BATS_TEST_TMPDIR/out"
	printf 'a=b\n\0\n\n' >"$BATS_TEST_TMPDIR/odd"
	tokenmint vault put global/odd <"$BATS_TEST_TMPDIR/odd"
	tokenmint vault get global/odd >"$BATS_TEST_TMPDIR/out"
	cmp "$BATS_TEST_TMPDIR/odd" "$BATS_TEST_TMPDIR/out"
	tokenmint vault put global/none </dev/null
	run -0 tokenmint vault get global/none
	[ -z "$output" ]
}

@test "tokenmint: what is not there is status 1 and names it" {
	run -1 --separate-stderr tokenmint vault get global/x
	[ -z "$output" ]
	[[ $stderr == *"no secret 'global/x'"* ]]
	run -1 --separate-stderr tokenmint vault delete global/x
	put global/x 1
	run -0 tokenmint vault delete global/x
	run -1 --separate-stderr tokenmint vault get global/x
}

@test "tokenmint: a name that leaves the vault is refused" {
	for name in ../x global/../../x /etc/passwd global x global/x/y 'global/a b' ''; do
		run -64 --separate-stderr tokenmint vault put "$name" </dev/null
		run -64 --separate-stderr tokenmint vault get "$name"
		run -64 --separate-stderr tokenmint vault delete "$name"
	done
	[ "$(find "$HOOKTOOLS_STATE" -type f | wc -l)" -eq 0 ]
}

@test "tokenmint: a secret ends at its time" {
	printf x | tokenmint vault put global/short --expires 300ms
	run -0 tokenmint vault get global/short
	wait_until expired global/short
	run -1 --separate-stderr tokenmint vault get global/short
	[[ $stderr == *"has expired at 2"* ]]
}

expired() {
	! tokenmint vault get "$1"
}

# flip AT FILE: another byte there than there was.
flip() {
	local byte
	byte=$(od -An -tu1 -j "$1" -N 1 "$2")
	# shellcheck disable=SC2059 # an escape
	printf "\\$(printf '%o' $((byte ^ 1)))" | dd of="$2" bs=1 seek="$1" conv=notrunc status=none
}

@test "tokenmint: another key, a changed byte and a renamed file are denied" {
	put global/x secret
	cp "$(vault_file global/x)" "$BATS_TEST_TMPDIR/copy"
	mv "$(vault_file global/x)" "$(vault_file global/y)"
	run -77 --separate-stderr tokenmint vault get global/y
	[[ $stderr == *"open secret 'global/y'"* ]]
	for at in 0 9 25 38 50; do
		cp "$BATS_TEST_TMPDIR/copy" "$(vault_file global/x)"
		flip "$at" "$(vault_file global/x)"
		run -77 --separate-stderr tokenmint vault get global/x
		[ -z "$output" ]
	done
	cp "$BATS_TEST_TMPDIR/copy" "$(vault_file global/x)"
	run -0 tokenmint vault get global/x
	rm -f "$HOOKTOOLS_CONF/hooktools.key"
	make_key
	run -77 --separate-stderr tokenmint vault get global/x
}

@test "tokenmint: no master key says how to make one" {
	rm -f "$HOOKTOOLS_CONF/hooktools.key"
	run -78 --separate-stderr tokenmint vault list
	[[ $stderr == *"tokenmint vault init"* ]]
}

@test "tokenmint: a master key that others may read is refused" {
	for mode in 0440 0404 0660 0755; do
		chmod "$mode" "$HOOKTOOLS_CONF/hooktools.key"
		run -77 --separate-stderr tokenmint vault list
		[[ $stderr == *"$mode"* ]]
	done
	chmod 0600 "$HOOKTOOLS_CONF/hooktools.key"
	run -0 tokenmint vault list
}

@test "tokenmint: vault init keeps the key that is there" {
	before=$(cat "$HOOKTOOLS_CONF/hooktools.key")
	run -0 tokenmint vault init
	[ "$(cat "$HOOKTOOLS_CONF/hooktools.key")" = "$before" ]
	[ "$(stat -c %a "$HOOKTOOLS_CONF/hooktools.key")" = 400 ]
	[[ $before =~ ^[0-9a-f]{64}$ ]]
}

# bats test_tags=F4_29
@test "tokenmint: the key comes from the credentials that systemd gives" {
	mkdir "$BATS_TEST_TMPDIR/credentials"
	mv "$HOOKTOOLS_CONF/hooktools.key" "$BATS_TEST_TMPDIR/credentials/"
	CREDENTIALS_DIRECTORY=$BATS_TEST_TMPDIR/credentials run -0 tokenmint vault list
	HOOKTOOLS_KEY_FILE=$BATS_TEST_TMPDIR/credentials/hooktools.key run -0 tokenmint vault list
	run -78 --separate-stderr tokenmint vault list
}

# bats test_tags=F1_13
@test "tokenmint: a reader never sees a secret missing while it is replaced" {
	put global/x 0
	(
		for n in $(seq 1 100); do put global/x "$n"; done
		touch "$BATS_TEST_TMPDIR/done"
	) 3>&- &
	while [ ! -e "$BATS_TEST_TMPDIR/done" ]; do
		run -0 tokenmint vault get global/x
		[[ $output =~ ^[0-9]+$ ]]
	done
	wait
	run -0 tokenmint vault get global/x
	[ "$output" = 100 ]
}

@test "tokenmint: vault list as JSON tells sizes and times and no secret" {
	printf 12345 | tokenmint vault put global/a --expires 1h
	put pipeline/p/b 1
	run -0 tokenmint vault list --json
	[ "$(jq -sc 'map([.name, .bytes, (.expires_at != null)])' <<<"$output")" = \
		'[["global/a",5,true],["pipeline/p/b",1,false]]' ]
	[[ $output != *12345* ]]
}

# bats test_tags=F0_29
@test "tokenmint: every read takes what is stored now" {
	put global/x one
	run -0 tokenmint vault get global/x
	[ "$output" = one ]
	put global/x two
	run -0 tokenmint vault get global/x
	[ "$output" = two ]
}

# bats test_tags=F2_75
@test "tokenmint: only administrators set global secrets, and owners those of their pipeline" {
	run -77 --separate-stderr tokenmint vault put global/x --for owner/site </dev/null
	[[ $stderr == *"owner/site may not put secret 'global/x'"* ]]
	run -77 tokenmint vault put global/x --for role/operator </dev/null
	run -77 tokenmint vault put pipeline/other/x --for owner/site </dev/null
	printf 1 | tokenmint vault put global/x --for role/admin
	printf 2 | tokenmint vault put pipeline/site/x --for owner/site
	run -77 tokenmint vault delete global/x --for owner/site
	run -0 tokenmint vault get pipeline/site/x --for pipeline/site
	[ "$output" = 2 ]
	run -77 --separate-stderr tokenmint vault get pipeline/site/x --for pipeline/other
	[ -z "$output" ]
	run -0 tokenmint vault delete pipeline/site/x --for owner/site
}

# bats test_tags=F2_81
@test "tokenmint: a namespace cannot read a global secret meant for another" {
	put global/a.key 1
	put global/b.key 2
	run -0 tokenmint vault get global/a.key --for namespace/a
	[ "$output" = 1 ]
	run -77 --separate-stderr tokenmint vault get global/b.key --for namespace/a
	[ -z "$output" ]
	run -77 tokenmint vault get global/b.key --for namespace/a --for pipeline/p --for role/admin
	run -77 tokenmint vault get global/none --for namespace/a
	echo 'namespace/a get,list global/b.*' >"$HOOKTOOLS_CONF/vault.rules"
	run -0 tokenmint vault get global/b.key --for namespace/a
	run -77 tokenmint vault get global/a.key --for namespace/a
	run -0 tokenmint vault list --for namespace/a
	[ "$output" = global/b.key ]
	run -0 tokenmint vault list --for namespace/b
	[ -z "$output" ]
}

@test "tokenmint: rules that cannot be read let nobody through but the holder of the key" {
	put global/x 1
	echo 'everybody get global/*' >"$HOOKTOOLS_CONF/vault.rules"
	run -78 --separate-stderr tokenmint vault get global/x --for pipeline/p
	[[ $stderr == *"vault.rules:1: 'everybody' is nobody"* ]]
	echo 'pipeline/* get *' >"$HOOKTOOLS_CONF/vault.rules"
	chmod 0666 "$HOOKTOOLS_CONF/vault.rules"
	run -77 --separate-stderr tokenmint vault get global/x --for pipeline/p
	[[ $stderr == *"written by others"* ]]
	run -0 tokenmint vault get global/x
	run -64 tokenmint vault get global/x --for everybody
}

@test "tokenmint: vault list pages" {
	for name in a b c d; do put "global/$name" 1; done
	run -0 tokenmint vault list --limit 2
	[ "$output" = $'global/a\nglobal/b' ]
	run -0 tokenmint vault list --limit 2 --after global/b --json
	[ "$(jq -r .name <<<"$output")" = $'global/c\nglobal/d' ]
	run -0 tokenmint vault list global/ --after global/bb
	[ "$output" = $'global/c\nglobal/d' ]
	run -64 tokenmint vault list --limit 0
}

@test "tokenmint: vault put can be killed at every system call, and the old or the new is there" {
	command -v strace >/dev/null || skip "strace is missing: make deps"
	# LeakSanitizer cannot look while strace does.
	export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
	put global/x old
	strace -f -o "$BATS_TEST_TMPDIR/trace" tokenmint vault put global/x <<<new
	for call in openat write fsync rename renameat flock close unlinkat; do
		count=$(grep -c " $call(" "$BATS_TEST_TMPDIR/trace") || continue
		for ((step = 1; step <= count; step++)); do
			put global/x old
			strace -o /dev/null -e trace=$call -e inject=$call:signal=KILL:when=$step \
				tokenmint vault put global/x <<<new 2>/dev/null || true
			[[ $(tokenmint vault get global/x) =~ ^(old|new)$ ]]
			[ "$(tokenmint vault list)" = global/x ]
		done
	done
}
