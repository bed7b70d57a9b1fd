load ../../helper

setup() {
	make_key
	cd "$BATS_TEST_TMPDIR" || return
}

# F0.35: what is stored is a keyed hash, and that is what is compared.
# bats test_tags=F0_33,F0_35
@test "tokenmint: an API key is shown once, kept as a keyed hash, and known again" {
	run -0 --separate-stderr tokenmint apikey create --role operator --role viewer --namespace acme --name 'build machine'
	[[ $output =~ ^htk_[0-9a-z]{12}_[0-9A-Za-z]{42}$ ]]
	[[ $stderr == *"it is shown this once only" ]]
	key=$output id=${output:4:12}
	[ "$(grep -rlF "${key:17:20}" "$HOOKTOOLS_STATE" "$HOOKTOOLS_CONF" | wc -l)" -eq 0 ]
	[ "$(stat -c %a "$HOOKTOOLS_STATE/apikeys" "$HOOKTOOLS_STATE/apikeys/$id" | tr '\n' ' ')" = "700 600 " ]
	for text in "$key" "$key"$'\n'; do
		run -0 --separate-stderr tokenmint apikey verify < <(printf %s "$text")
		[ -z "$stderr" ]
		[ "$(jq -c 'del(.expires_at)' <<<"$output")" = \
			"{\"subject\":\"apikey:$id\",\"namespace\":\"acme\",\"roles\":[\"operator\",\"viewer\"],\"name\":\"build machine\",\"bound\":null}" ]
	done
}

@test "tokenmint: what is no good key is status 1, and standard error says why without it" {
	key=$(tokenmint apikey create 2>/dev/null)
	id=${key:4:12}
	# a key as we would make it for this id, with another secret
	forged=$(python3 - "$id" <<-'END'
		import sys, zlib
		digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		text = "htk_" + sys.argv[1] + "_" + "A" * 36
		n, check = zlib.crc32(text.encode()), ""
		for _ in range(6):
		    n, check = n // 62, digits[n % 62] + check
		print(text + check)
	END
	)
	while IFS='|' read -r text why; do
		run -1 --separate-stderr tokenmint apikey verify <<<"$text"
		[ -z "$output" ]
		[ "$stderr" = "tokenmint: $why" ] || {
			echo "$text: $stderr"
			return 1
		}
	done <<-END
		|no API key: it does not begin with htk_
		ghp_x|no API key: it does not begin with htk_
		htk_x|no API key: it has 5 characters, not 59
		${key}x|no API key: it has 60 characters, not 59
		${key:0:58}-|no API key: it has a character that none of ours has
		htk_../../../etc${key:16}|no API key: it has a character that none of ours has
		${key:0:20}$([ "${key:20:1}" = a ] && echo b || echo a)${key:21}|no API key: its checksum is wrong: it was mistyped
		$forged|API key $id has another secret
	END
	run -1 --separate-stderr tokenmint apikey verify < <(head -c 100000 /dev/zero)
	[ "$stderr" = "tokenmint: no API key: too long" ]
	run -0 tokenmint apikey revoke "$id"
	run -1 --separate-stderr tokenmint apikey verify <<<"$key"
	[ "$stderr" = "tokenmint: API key $id has been revoked" ]
	key=$(tokenmint apikey create --expires 1ms 2>/dev/null)
	run -1 --separate-stderr tokenmint apikey verify <<<"$key"
	[ "$stderr" = "tokenmint: API key ${key:4:12} has expired" ]
}

# bats test_tags=F2_66
@test "tokenmint: the bootstrap key is given out once, also to ten that ask at once" {
	for i in 1 2 3 4 5 6 7 8 9 10; do
		{
			code=0
			tokenmint apikey bootstrap >"out.$i" 2>"err.$i" || code=$?
			echo $code >"status.$i"
		} 3>&- &
	done
	wait_until sh -c '[ "$(cat status.* | wc -l)" -eq 10 ]'
	[ "$(cat status.* | sort | uniq -c | tr -s ' \n' ' ')" = " 1 0 9 1 " ]
	key=$(cat out.*)
	[ "$(cat "$HOOKTOOLS_STATE/apikeys/bootstrap_token_created")" = "${key:4:12}" ]
	run -0 tokenmint apikey verify <<<"$key"
	[ "$(jq -c '[.roles, .name, .namespace]' <<<"$output")" = '[["admin"],"bootstrap",null]' ]
	tokenmint apikey revoke "${key:4:12}"
	run -1 --separate-stderr tokenmint apikey bootstrap
	[[ $stderr == *"was given out already (${key:4:12})"* ]]
}

@test "tokenmint: a role that is written into a key's file makes it worthless" {
	key=$(tokenmint apikey create --role viewer 2>/dev/null)
	id=${key:4:12}
	sed -i 's/viewer/admin/' "$HOOKTOOLS_STATE/apikeys/$id"
	run -77 --separate-stderr tokenmint apikey verify <<<"$key"
	[ -z "$output" ]
	[[ $stderr == *"API key $id: its file was changed"* ]]
	run -0 --separate-stderr tokenmint apikey list --json
	[ -z "$output" ]
	[[ $stderr == *"its file was changed"*ignoring ]]
}

@test "tokenmint: keys are listed page by page, oldest first, with their last use" {
	for name in a b c; do
		tokenmint apikey create --name $name >key.$name 2>/dev/null
	done
	tokenmint apikey verify <key.b >/dev/null
	tokenmint apikey list --json >all
	[ "$(jq -s 'map(.id) == (map(.id) | sort)' all)" = true ]
	[ "$(jq -r 'select(.last_used_at).name' all)" = b ]
	[ "$(jq -s 'map(.usable) | all' all)" = true ]
	first=$(jq -rs '.[0].id' all)
	run -0 tokenmint apikey list --json --limit 1
	[ "$output" = "$(head -n 1 all)" ]
	run -0 tokenmint apikey list --json --after "$first"
	[ "$output" = "$(tail -n +2 all)" ]
	run -0 tokenmint apikey show "$first"
	[ "$output" = "$(head -n 1 all)" ]
	run -0 tokenmint apikey list
	[ "${#lines[@]}" -eq 4 ]
	[[ ${lines[0]} == ID*NAME*NAMESPACE*ROLES*EXPIRES*LAST\ USED*STATE ]]
}

@test "tokenmint: a key as JSON, and one that never expires" {
	run -0 --separate-stderr tokenmint apikey create --expires never --json --role admin
	[ "$(jq -r 'keys_unsorted | join(" ")' <<<"$output")" = "id key name subject namespace roles expires_at" ]
	[ "$(jq -c '[.expires_at, .roles]' <<<"$output")" = '[null,["admin"]]' ]
	[[ $stderr == *"which never expires"* ]]
	run -0 tokenmint apikey verify <<<"$(jq -r .key <<<"$output")"
}

@test "tokenmint: wrong command lines of apikey are status 64, and ids that are none status 1" {
	for line in 'apikey' 'apikey mint' 'apikey create x' 'apikey create --role root' 'apikey create --expires 0' \
		'apikey create --expires soon' 'apikey create --namespace a/b' 'apikey create --limit 3' 'apikey show' \
		'apikey revoke' 'apikey list --limit 0' 'apikey bootstrap --role admin' '-d apikey x'; do
		# shellcheck disable=SC2086
		run -64 --separate-stderr tokenmint $line
		[ -z "$output" ]
		[ "${#stderr_lines[@]}" -eq 1 ]
	done
	for id in 0tov0v1hau4y ../../conf/x '' bootstrap_token_created; do
		run -1 --separate-stderr tokenmint apikey show "$id"
		run -1 --separate-stderr tokenmint apikey revoke "$id"
	done
	rm "$HOOKTOOLS_CONF/hooktools.key"
	run -78 --separate-stderr tokenmint apikey list
}

@test "tokenmint: the usage of apikey and session is what tokenmint --help says, and their page" {
	usage=$(tokenmint apikey --help | sed 's/^usage: /       /')
	[ "$usage" = "$(tokenmint session --help | sed 's/^usage: /       /')" ]
	[[ "$(tokenmint --help)" == *"$usage"* ]]
	while read -r option; do
		grep -qE -- "Fl -${option#--}\b" "$top/man/tokenmint-identity.1" || {
			echo "$option"
			return 1
		}
	done < <(grep -oE -- '--[a-z-]+' <<<"$usage" | sort -u)
}

@test "tokenmint: the examples of tokenmint-identity(1) work" {
	tokenmint apikey bootstrap >admin.key
	tokenmint apikey create --role operator --namespace acme --name ci >ci.key
	[ "$(tokenmint apikey verify <ci.key | jq -r .namespace)" = acme ]
	run -0 --separate-stderr tokenmint apikey list --json
	[ "$(jq -r 'select(.last_used_at == null).id' <<<"$output")" = "$(cut -c5-16 admin.key)" ]
	tokenmint session issue --audience ghstats <ci.key >session.json
	jq -r .access_token session.json | tokenmint session verify --audience ghstats
	jq -r .refresh_token session.json | tokenmint session refresh >next.json
}
