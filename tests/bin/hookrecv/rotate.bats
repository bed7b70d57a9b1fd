load ../../helper
load helper

# A new secret, and the old one for a while.

setup() {
	body=$BATS_TEST_TMPDIR/body
	printf '{"n":1}' >"$body"
}

teardown() {
	stop_servers
}

# rotate [OPTION...]: the hook's secret; the new one goes to the file $new.
rotate() {
	run -0 --separate-stderr hookrecv rotate "$hook" --json "$@"
	new=$BATS_TEST_TMPDIR/new
	jq -j .secret <<<"$output" >"$new"
}

# signed_by FILE DELIVERY: the body is posted with a signature by this secret.
signed_by() {
	secret=$1
	sign "$body" "$2"
	post "$body"
}

# bats test_tags=FX_27
@test "hookrecv rotate: old and new are good until the grace ends, and the use of the old is told" {
	add_hook github
	old=$secret
	start_hookrecv
	signed_by "$old" d-0
	[ "$status" -eq 202 ]
	run -0 hookrecv show "$hook" --json
	jq -e 'has("rotated_at") | not' <<<"$output"
	rotate
	[ "$(wc -c <"$new")" -eq 64 ]
	run -0 hookrecv show "$hook" --json
	jq -e '.old_secret_used_at == null and (.rotated_at | startswith("20")) and
		((.old_secret_until[:19] + "Z" | fromdate) - (.rotated_at[:19] + "Z" | fromdate) == 86400)' <<<"$output"
	accepted() {
		signed_by "$new" "$1"
		[ "$status" -eq 202 ]
	}
	wait_until accepted d-1
	run -0 hookrecv show "$hook" --json
	jq -e '.old_secret_used_at == null' <<<"$output"
	signed_by "$old" d-2
	[ "$status" -eq 202 ]
	run -0 hookrecv show "$hook" --json
	jq -e '.old_secret_used_at >= .rotated_at' <<<"$output"
	run -0 script -qec "hookrecv show $hook" /dev/null
	[[ "$output" == *"last used:  20"* ]]
	printf 'neither' >"$BATS_TEST_TMPDIR/neither"
	signed_by "$BATS_TEST_TMPDIR/neither" d-3
	[ "$status" -eq 401 ]
	[ "$(stored)" -eq 3 ]
	run ! grep -raqF "$(cat "$new")" "$HOOKTOOLS_STATE"
}

# bats test_tags=FX_27
@test "hookrecv rotate: when the grace is over the old secret is none" {
	add_hook github
	old=$secret
	start_hookrecv
	rotate --grace 2s
	signed_by "$old" d-1
	[ "$status" -eq 202 ]
	over() {
		signed_by "$old" d-2
		[ "$status" -eq 401 ]
	}
	wait_until over
	signed_by "$new" d-3
	[ "$status" -eq 202 ]
	rotate --grace 0s
	refused_now() {
		signed_by "$BATS_TEST_TMPDIR/before" d-4
		[ "$status" -eq 401 ]
	}
	cp "$secret" "$BATS_TEST_TMPDIR/before"
	wait_until refused_now
}

# bats test_tags=FX_27
@test "hookrecv rotate: a secret of one's own, and tokens and public keys too" {
	for name in token sourcehut standard; do
		unset secret
		add_hook "$name"
		[ -n "${server_url:-}" ] || start_hookrecv
		old=$secret
		case $name in
		sourcehut)
			mv "$BATS_TEST_TMPDIR/ed25519.pem" "$BATS_TEST_TMPDIR/old.pem"
			old=$BATS_TEST_TMPDIR/old.pem
			public_key >"$BATS_TEST_TMPDIR/given"
			;;
		standard) printf 'whsec_%s' "$(printf 'another of 24 bytes, ok?' | base64)" >"$BATS_TEST_TMPDIR/given" ;;
		*) printf 'another' >"$BATS_TEST_TMPDIR/given" ;;
		esac
		run -0 --separate-stderr hookrecv rotate "acme/$name" --secret-file "$BATS_TEST_TMPDIR/given" --json
		jq -e 'has("secret") | not' <<<"$output"
		signed_by "$old" d-1
		[ "$status" -eq 202 ]
		new=$BATS_TEST_TMPDIR/given
		[ "$name" != sourcehut ] || new=$BATS_TEST_TMPDIR/ed25519.pem
		accepted() {
			signed_by "$new" d-2
			[ "$status" -eq 202 ]
		}
		wait_until accepted
	done
}

# bats test_tags=FX_27
@test "hookrecv rotate: what cannot be is said, and removing takes both secrets" {
	add_hook github
	run -1 --separate-stderr hookrecv rotate acme/none
	run -64 --separate-stderr hookrecv rotate "$hook" --grace 100d
	run -64 --separate-stderr hookrecv rotate "$hook" --grace soon
	: >"$BATS_TEST_TMPDIR/empty"
	run -65 --separate-stderr hookrecv rotate "$hook" --secret-file "$BATS_TEST_TMPDIR/empty"
	run -0 hookrecv show "$hook" --json
	jq -e 'has("rotated_at") | not' <<<"$output"
	rotate
	run -0 tokenmint vault list
	[ "${#lines[@]}" -eq 2 ]
	hookrecv remove "$hook"
	run -0 tokenmint vault list
	[ -z "$output" ]
	[ -z "$(find "$HOOKTOOLS_STATE/rotated" -type f -not -name .lock)" ]
	add_hook none
	run -64 --separate-stderr hookrecv rotate "$hook"
}

# bats test_tags=FX_27
@test "hookrecv rotate: three old secrets may be good at once, and each event names its key" {
	add_hook github
	cp "$secret" "$BATS_TEST_TMPDIR/0"
	start_hookrecv
	for n in 1 2 3 4; do
		rotate
		cp "$new" "$BATS_TEST_TMPDIR/$n"
	done
	run -0 hookrecv show "$hook" --json
	shown=$output
	jq -e '.old_secrets | length == 3 and (map(.key) | . == (sort | reverse))' <<<"$shown"
	for n in 4 3 2 1; do
		accepted() {
			signed_by "$BATS_TEST_TMPDIR/$n" "d-$n"
			[ "$status" -eq 202 ]
		}
		wait_until accepted
	done
	signed_by "$BATS_TEST_TMPDIR/0" d-0
	[ "$status" -eq 401 ]
	run -0 jq -rc '[.delivery, .key]' <(cat "$HOOKTOOLS_STATE"/spool/new/*)
	[ "$(sort -u <<<"$output")" = "$(jq -rc '["d-4", .rotated_at], (.old_secrets | to_entries[] | ["d-\(3 - .key)", .value.key])' <<<"$shown" | sort)" ]
	run -0 hookrecv show "$hook" --json
	jq -e '.old_secrets | all(.used_at != null)' <<<"$output"
	run -0 hookrecv list
	jq -e '.old_secrets | length == 3' <<<"$output"
	run -0 script -qec "hookrecv list" /dev/null
	[[ "$output" == *"OLD SECRET USED"*" 20"*"acme/github"* ]]
	# Without a grace none of them is good any more.
	rotate --grace 0s
	none_is_good() {
		for n in 4 3 2; do
			signed_by "$BATS_TEST_TMPDIR/$n" e
			[ "$status" -eq 401 ] || return
		done
	}
	wait_until none_is_good
	run -0 tokenmint vault list
	[ "${#lines[@]}" -le 2 ]
}

@test "hookrecv rotate: the event of a large body names its key, too" {
	jq -nc '{padding: ("x" * 300000)}' >"$body"
	add_hook github
	old=$secret
	start_hookrecv
	rotate
	signed_by "$old" d-1
	[ "$status" -eq 202 ]
	run -0 hookrecv show "$hook" --json
	key=$(jq -r '.old_secrets[0].key' <<<"$output")
	[ "$(jq -r .key "$HOOKTOOLS_STATE"/spool/new/*)" = "$key" ]
	[ "$(jq -c .payload "$HOOKTOOLS_STATE"/spool/new/*)" = "$(cat "$body")" ]
}
