load ../../helper

# What share/vault.d/kubernetes makes of kubeconfigs with something wrong: it ends with status 78,
# or, where the file is good enough yet, goes to the server (75: the curl here never finds it).  SEED=N
# makes the same files again, MUTANTS=N so many.

setup() {
	mkdir "$BATS_TEST_TMPDIR/path" "$BATS_TEST_TMPDIR/mutants"
	printf '#!/bin/sh\nprintf "%%s\\n" "$@" >>%q\nexit 7\n' "$BATS_TEST_TMPDIR/asked" >"$BATS_TEST_TMPDIR/path/curl"
	chmod +x "$BATS_TEST_TMPDIR/path/curl"
	PATH=$BATS_TEST_TMPDIR/path:$PATH
	store=$build/share/hooktools/vault.d/kubernetes
	unset KUBERNETES_SERVICE_HOST HOOKTOOLS_KUBERNETES_NAMESPACE
}

yaml() {
	cat <<-END
		# written by hand
		apiVersion: v1
		users:
		- name: nobody
		  user: {}
		- user:
		    $1
		  name: "some\"body"
		kind: Config
		clusters:
		- cluster:
		    server: https://127.0.0.1:6443
		    certificate-authority-data: Y2VydGlmaWNhdGU=
		  name: test # ours
		contexts:
		- context:
		    cluster: test
		    namespace: 'ci'
		    user: some"body
		  name: here
		current-context: here
		preferences: {}
	END
}

json() {
	jq -n --arg token s3cr3t.T0ken-of-ours '{users: [{name: "u", user: {token: $token}}],
		clusters: [{name: "k", cluster: {server: "https://127.0.0.1:6443", "certificate-authority-data": "Y2VydA=="}}],
		contexts: [{name: "c", context: {cluster: "k", user: "u", namespace: "ci"}}], "current-context": "c"}'
}

# ask FILE: sets $status; what was said and asked is in the files said and asked.
ask() {
	status=0
	KUBECONFIG=$1 timeout 30 "$store" get installation/1 >"$BATS_TEST_TMPDIR/said" 2>&1 </dev/null || status=$?
}

good() {
	ask "$1"
	[ "$status" -eq 75 ]
	grep -q '^https://127.0.0.1:6443/api/v1/namespaces/ci/secrets/installation.1$' "$BATS_TEST_TMPDIR/asked"
}

# Each mutant of the file; none shows a part of what is secret, which has s3cr3t, in any case of letters.
all_mutants_end() {
	local seed=${SEED:-$RANDOM$RANDOM} count=${MUTANTS:-60} n refused=0
	echo "SEED=$seed MUTANTS=$count"
	python3 "$top/tests/bin/tokenmint/kubeconfig.py" "$seed" "$count" "$BATS_TEST_TMPDIR/mutants" <"$1"
	for ((n = 1; n <= count; n++)); do
		ask "$BATS_TEST_TMPDIR/mutants/$n"
		[ "$status" -eq 75 ] || refused=$((refused + 1))
		if [[ $status != 7[58] ]] || grep -qi 's3cr3t' "$BATS_TEST_TMPDIR/said" "$BATS_TEST_TMPDIR/asked"; then
			echo "mutant $n: status $status"
			cat "$BATS_TEST_TMPDIR/said" "$BATS_TEST_TMPDIR/mutants/$n"
			return 1
		fi
	done
	[ "$refused" -gt 0 ]
}

# bats test_tags=F2_48
@test "vault.d/kubernetes: a damaged kubeconfig with a token is refused, and shows nothing" {
	yaml 'token: s3cr3t.T0ken-of-ours' >"$BATS_TEST_TMPDIR/kubeconfig"
	good "$BATS_TEST_TMPDIR/kubeconfig"
	all_mutants_end "$BATS_TEST_TMPDIR/kubeconfig"
}

@test "vault.d/kubernetes: a damaged kubeconfig with a key is refused, and shows nothing" {
	yaml $'client-key-data: "S3CR3Tkey"\n    client-certificate-data: S3CR3Tcert' >"$BATS_TEST_TMPDIR/kubeconfig"
	good "$BATS_TEST_TMPDIR/kubeconfig"
	all_mutants_end "$BATS_TEST_TMPDIR/kubeconfig"
}

@test "vault.d/kubernetes: a damaged kubeconfig in JSON is refused, and shows nothing" {
	json >"$BATS_TEST_TMPDIR/kubeconfig"
	good "$BATS_TEST_TMPDIR/kubeconfig"
	all_mutants_end "$BATS_TEST_TMPDIR/kubeconfig"
}

# refused TEXT [JQ]: with this user, or the JSON changed so.
refused() {
	yaml "$1" >"$BATS_TEST_TMPDIR/kubeconfig"
	[ -z "${2:-}" ] || json | jq "$2" >"$BATS_TEST_TMPDIR/kubeconfig"
	ask "$BATS_TEST_TMPDIR/kubeconfig"
	[ "$status" -eq 78 ] || {
		cat "$BATS_TEST_TMPDIR/said" "$BATS_TEST_TMPDIR/kubeconfig"
		return 1
	}
}

@test "vault.d/kubernetes: what is not read is an error and no guess" {
	refused $'token: one\n    token: two'
	refused $'token: one\n      two'
	refused $'token: |\n      one'
	refused 'token: &anchor one'
	refused 'token: "one" two'
	refused "token: 'one' two"
	refused "token: 'one"
	refused 'auth-provider: {name: gcp}'
	refused $'exec:\n      command: gke'
	refused '' '.users[0].user.token += "\nserver\thttps://evil.example"'
	refused '' '.clusters[0].cluster.server = null'
	refused '' '.users = "s3cr3t"'
	yaml 'token: x' | sed 's/^  user: {}/  user: {token: y}/; s/user: some"body/user: nobody/' >"$BATS_TEST_TMPDIR/kubeconfig"
	ask "$BATS_TEST_TMPDIR/kubeconfig"
	[ "$status" -eq 78 ]
	yaml 'token: x' | sed 's/^    cluster: test/    cluster:/; s/^  name: test.*//' >"$BATS_TEST_TMPDIR/kubeconfig"
	ask "$BATS_TEST_TMPDIR/kubeconfig"
	[ "$status" -eq 78 ]
}
