# The whole toolkit on one stage: every program on loopback, a fake GitHub, one repository.
# For the demo and for the tests of tests/flow.  Nothing here needs bats.
#
#	stage_open FOLDER    state, keys, App, hook, routes; no program runs yet
#	stage_start NAME     github hookrecv hookroute ghstats: begins it, waits until it is there
#	stage_kill NAME      kill -9
#	stage_close          ends what runs
#
# Needs $build (the built tree) and $fixtures.

stage_key() {
	openssl genrsa -traditional -out "$1/app.pem" 2048 2>/dev/null
	openssl rsa -in "$1/app.pem" -pubout -out "$1/public.pem" 2>/dev/null
	head -c 30 /dev/urandom | base64 >"$1/webhook.secret"
}

stage_routes() {
	cat >"$HOOKTOOLS_CONF/routes.d/10-tokens.jq" <<-'EOF'
		include "hooktools";
		on("installation") | mint
	EOF
	cat >"$HOOKTOOLS_CONF/routes.d/20-publish.jq" <<-'EOF'
		include "hooktools";
		on("push") | branch("main") | changed("docs/**") |
		job({
			name: "publish",
			exec: ["/bin/sh", "-c", "exec \"$HOOKTOOLS_CONF/publish\""],
			secrets: {TOKEN: "token:acme/site"},
			timeout: "1m",
			report: {github_check: {repository: repo, head_sha: commit, name: "publish"}}
		}; "payload")
	EOF
	cat >"$HOOKTOOLS_CONF/routes.d/30-results.jq" <<-'EOF'
		include "hooktools";
		on("job") | report, stats
	EOF
	cat >"$HOOKTOOLS_CONF/routes.d/40-statistics.jq" <<-'EOF'
		include "hooktools";
		on("workflow_run", "workflow_job") | stats
	EOF
}

# The job: it reads the push on stdin and asks the API with its own token.
stage_job() {
	cat >"$HOOKTOOLS_CONF/publish" <<-'EOF'
		#!/bin/sh
		. "$HOOKTOOLS_CONF/hooktools.conf"
		commit=$(jq -r .after)
		status=$(printf 'header = "Authorization: Bearer %s"\n' "$TOKEN" |
			curl -sS -o /dev/null -w '%{http_code}' --config - \
				"$HOOKTOOLS_GITHUB_API/repos/acme/site/actions/runs")
		echo "publishing $commit"
		echo "the API answered $status to the job's own token"
	EOF
	chmod 0700 "$HOOKTOOLS_CONF/publish"
}

stage_open() {
	stage=$1
	export HOOKTOOLS_STATE=$stage/state HOOKTOOLS_CONF=$stage/conf HOOKTOOLS_RUN=$stage/run
	unset CREDENTIALS_DIRECTORY HOOKTOOLS_KEY_FILE LISTEN_FDS LISTEN_PID
	export PATH="$build/bin:$PATH"
	mkdir -p "$HOOKTOOLS_STATE" "$HOOKTOOLS_CONF/routes.d" "$HOOKTOOLS_RUN" "$stage/github/installations" \
		"$stage/pids"
	echo acme >"$stage/github/installations/42"
	stage_key "$stage"
	stage_routes
	stage_job
	tokenmint vault init 2>>"$stage/log"
	tokenmint app add demo --app-id 1 --key-file "$stage/app.pem" 2>>"$stage/log"
	hookrecv add acme/site -p github --secret-file "$stage/webhook.secret" --json >"$stage/hook.json"
	stage_hook=$(jq -r .path "$stage/hook.json")
}

# stage_wait COMMAND...: until it succeeds, for 30 seconds at most.
stage_wait() {
	local deadline=$((SECONDS + ${WAIT_LIMIT:-30}))
	until "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$deadline" ] || return 1
		read -rt 0.02 <> <(:) || true
	done
}

stage_says() { grep -q "$2" "$stage/$1.log"; }

stage_program() {
	case $1 in
	github)
		set -- "$build/tests/fake-github" -l "127.0.0.1:${stage_port_github:-0}" --key "$stage/public.pem" --app-id 1 \
			--state "$stage/github"
		;;
	hookrecv) set -- hookrecv -l "127.0.0.1:${stage_port_hookrecv:-0}" ;;
	hookroute) set -- hookroute run ;;
	ghstats) set -- ghstats serve -l "127.0.0.1:${stage_port_ghstats:-0}" ;;
	esac
	exec "$@"
}

# A program that is started again gets the port that it had.
stage_start() {
	local name=$1 address
	: >>"$stage/$name.log"
	mv "$stage/$name.log" "$stage/$name.log.old"
	: >"$stage/$name.log"
	(stage_program "$name") >>"$stage/$name.log" 2>&1 3>&- </dev/null &
	echo $! >"$stage/pids/$name"
	if [ "$name" = hookroute ]; then
		stage_wait stage_says hookroute 'routes'
	else
		stage_wait stage_says "$name" 'listening on ' || return 1
		address=$(sed -n 's/.*listening on \([^ ]*\).*/\1/p' "$stage/$name.log" | head -n 1)
		printf -v "stage_url_$name" 'http://%s' "$address"
		printf -v "stage_port_$name" '%s' "${address##*:}"
	fi
	if [ "$name" = github ]; then
		# shellcheck disable=SC2154 # set by printf -v
		echo "HOOKTOOLS_GITHUB_API=$stage_url_github" >"$HOOKTOOLS_CONF/hooktools.conf"
	fi
}

stage_pid() { cat "$stage/pids/$1"; }

stage_kill() {
	kill -KILL "$(stage_pid "$1")"
	wait "$(stage_pid "$1")" 2>/dev/null || true
}

stage_close() {
	local file
	for file in "$stage"/pids/*; do
		[ -f "$file" ] || continue
		kill "$(cat "$file")" 2>/dev/null || true
	done
	for file in "$stage"/pids/*; do
		[ -f "$file" ] || continue
		wait "$(cat "$file")" 2>/dev/null || true
		rm -f "$file"
	done
}

# stage_send EVENT DELIVERY FILE: as the forge sends it; prints "STATUS BODY".
stage_send() {
	hookrecv sign -p github --secret-file "$stage/webhook.secret" --event "$1" --delivery "$2" <"$3" |
		curl -sS -H @- --data-binary @"$3" \
			-w '\n%{http_code}' "$stage_url_hookrecv$stage_hook" |
		awk '{ line[NR] = $0 } END { print line[NR], line[1] }'
}

# stage_event STATUS-AND-BODY: the id of an event that was accepted.
stage_event() {
	[ "${1%% *}" = 202 ] && jq -er .id <<<"${1#* }"
}

# Every event of the spool has been dealt with.
stage_is_quiet() {
	[ -z "$(find "$HOOKTOOLS_STATE"/spool/{new,cur,defer} -type f -print -quit)" ]
}

stage_event_is_done() {
	hookroute show "$1" --json | jq -es 'any(.[]; .state == "done")'
}

# stage_job_of EVENT: the id of the job that came of it.
stage_job_of() {
	runjob list --json | jq -er --arg event "$1" 'select(.event_id == $event) | .id'
}
