load ../../helper

owner=$(printf 'ab%.0s' {1..32})

# bats test_tags=F3_7,F3_20
@test "runjob --owner: another owner's jobs are neither seen nor touched without it" {
	local id dir
	run -3 runjob run --owner "$(sed 's/../&:/g; s/:$//' <<<"${owner^^}")" -n theirs -- sh -c 'echo out; exit 3'
	[ "$output" = out ]
	[ -z "$(runjob list)" ]
	id=$(runjob list --owner "$owner" | jq -r .id)
	dir=$HOOKTOOLS_STATE/jobs/$owner/$id
	[ "$(jq -r .owner "$dir/status.json" "$dir/spec.json" | uniq -c)" = "      2 $owner" ]
	[ "$(stat -c %a "$dir" "${dir%/*}" | uniq)" = 700 ]
	run -1 --separate-stderr runjob show "$id"
	[ "$stderr" = "runjob: no job '$id'" ]
	run -1 runjob tail "$id"
	run -1 runjob wait "$id"
	run -1 runjob stop "$id"
	run -0 runjob tail --owner "$owner" "$id"
	[ "$output" = out ]
	run -3 runjob wait --owner "$owner" "$id"
	run -64 --separate-stderr runjob list --owner "../$owner"
	[[ $stderr == *"--owner '../$owner'"* ]]
}

@test "runjob start -: a line says whose job it is, and recover finds everybody's" {
	local id=${job_ids}000000000001 dir
	run -0 runjob start - <<<"{\"id\":\"$id\",\"exec\":[\"true\"],\"owner\":\"$owner\"}
{\"exec\":[\"true\"],\"owner\":\"me\"}"
	[ "$(jq -c .ok <<<"$output")" = $'true\nfalse' ]
	[[ $output == *"'me' is no SHA-256 fingerprint"* ]]
	run -0 runjob wait --owner "$owner" "$id"
	dir=$HOOKTOOLS_STATE/jobs/$owner/$id
	[ "$(jq -r 'select(.event == "job") | .payload.job.owner' "$HOOKTOOLS_STATE"/spool/new/* | uniq)" = "$owner" ]
	jq -c '.state = "running" | .exit_code = null' "$dir/status.json" >status
	mv status "$dir/status.json"
	run -0 runjob recover
	[ "$output" = "$id lost" ]
	run -1 runjob wait --owner "$owner" "$id"
}
