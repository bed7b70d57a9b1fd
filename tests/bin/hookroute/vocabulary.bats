load ../../helper

fixtures=$top/tests/fixtures/routes

vocabulary() {
	jq -L "$top/share/jq" "$@"
}

# each_case GLOB: the outputs of route.jq for event.json are those of want.json.
each_case() {
	local dir failed=0 count=0
	for dir in "$fixtures"/$1/; do
		count=$((count + 1))
		vocabulary -cS -f "$dir/route.jq" "$dir/event.json" >"$BATS_TEST_TMPDIR/got"
		diff <(jq -cS . "$dir/want.json") "$BATS_TEST_TMPDIR/got" || {
			echo "in ${dir#"$top/"}"
			failed=1
		}
	done
	[ "$count" -gt 0 ] && [ "$failed" -eq 0 ]
}

# bats test_tags=FX_6,FX_29
@test "hooktools.jq: GitHub's events are read" {
	each_case 'github-*'
}

# bats test_tags=FX_6,FX_29
@test "hooktools.jq: GitLab's events are read" {
	each_case 'gitlab-*'
}

# bats test_tags=FX_6,FX_29
@test "hooktools.jq: Gitea's and Forgejo's events are read" {
	each_case 'gitea-*'
	each_case 'forgejo-*'
}

# bats test_tags=FX_6,FX_29
@test "hooktools.jq: Gogs's and SourceHut's events are read" {
	each_case 'gogs-*'
	each_case 'sourcehut-*'
}

# bats test_tags=FX_6,FX_29
@test "hooktools.jq: Bitbucket's events are read, those of the Cloud and of Data Center" {
	each_case 'bitbucket-*'
}

# bats test_tags=FX_6,FX_29
@test "hooktools.jq: Azure DevOps's events are read" {
	each_case 'azure-*'
}

# bats test_tags=FX_29
@test "hooktools.jq: a push of several branches in one event is one of each" {
	each_case 'several-changes-*'
}

# bats test_tags=FX_6,FX_29
@test "hooktools.jq: organisation, labels, draft and outcome" {
	each_case 'words-*'
	each_case 'labels-*'
	each_case 'org-*'
	each_case 'head-branch-*'
	each_case 'outcome-*'
}

# bats test_tags=FX_6
@test "hooktools.jq: jobs and schedules of our own choose, and nobody else's" {
	each_case 'job-*'
	each_case 'schedule-*'
}

# Of SourceHut and Bitbucket's server nobody says which branch is the default.
same_facts() {
	diff <(jq -S 'del(.send.default_branch)' "$fixtures/github-$1/want.json") \
		<(jq -S 'del(.send.default_branch)' "$fixtures/$2-$1/want.json")
}

# bats test_tags=FX_29
@test "hooktools.jq: the same happening gives the same facts on the other forges" {
	local what forge
	for what in push tag branch-deleted; do
		for forge in bitbucket bitbucket-server azure sourcehut gogs; do
			same_facts $what $forge
		done
	done
	for forge in bitbucket bitbucket-server azure; do
		same_facts tag-deleted $forge
		same_facts pull-request $forge
		same_facts pull-request-merged $forge
	done
	same_facts tag-deleted sourcehut
}

# bats test_tags=FX_29
@test "hooktools.jq: the same happening gives the same facts on every forge" {
	local what forge
	for what in push tag branch-deleted tag-deleted; do
		for forge in gitlab gitea forgejo; do
			diff <(jq -S . "$fixtures/github-$what/want.json") \
				<(jq -S . "$fixtures/$forge-$what/want.json")
		done
	done
	for forge in gitlab-merge-request gitea-pull-request forgejo-pull-request; do
		diff <(jq -S . "$fixtures/github-pull-request/want.json") \
			<(jq -S . "$fixtures/$forge/want.json")
		diff <(jq -S . "$fixtures/github-pull-request-merged/want.json") \
			<(jq -S . "$fixtures/$forge-merged/want.json")
	done
}

@test "hooktools.jq: our own events and strange ones are read without an error" {
	each_case 'hooktools-*'
	each_case 'strange-*'
}

@test "hooktools.jq: deliveries have the formats of hookpipe(7)" {
	each_case 'delivery-*'
	each_case 'two-jobs'
}

# bats test_tags=FX_6
@test "hooktools.jq: on and action choose" {
	each_case 'on-*'
	each_case 'action-*'
}

# bats test_tags=FX_6
@test "hooktools.jq: branch, tag, repo and actor choose" {
	each_case 'branch-*'
	each_case 'tag-*'
	each_case 'repo-*'
	each_case 'actor-*'
	each_case '*fork*'
}

# bats test_tags=FX_6,FX_29
@test "hooktools.jq: a deletion is neither a push nor on a branch" {
	each_case 'deleted-*'
}

# bats test_tags=FX_6
@test "hooktools.jq: changed looks at added, modified and removed files" {
	each_case 'changed-*'
}

# bats test_tags=FX_6
@test "hooktools.jq: patterns" {
	local pattern text want
	while read -r pattern text want; do
		[ "$text" = '""' ] && text=
		run -0 vocabulary -n --arg p "$pattern" --arg t "$text" \
			'include "hooktools"; $p | _fits([$t])'
		[ "$output" = "$want" ] || {
			echo "$pattern $text: $output"
			return 1
		}
	done <<-'TABLE'
		main main true
		main Main false
		main mainline false
		* main true
		* feature/a false
		** feature/a true
		** "" true
		feature/* feature/a true
		feature/* feature/a/b false
		feature/** feature/a/b true
		feature/** feature false
		**/*.md README.md true
		**/*.md docs/a/b.md true
		**/*.md docs/a/b.mdx false
		docs/**/x docs/x true
		docs/**/x docs/a/b/x true
		docs/**/x docs/ax false
		v?.* v1.2 true
		v?.* v12.2 false
		? / false
		a.b axb false
		a+b a+b true
		*a+b xa+b true
		*[1] x[1] true
		*[1] x1 false
		*(x) y(x) true
		*^$ a^$ true
		*|b b false
		{main,rel/*} main true
		{main,rel/*} rel/1 true
		{main,rel/*} rel false
		*.{c,h} a.c true
		*.{c,h} a.cpp false
		{a,{b,c}} c true
		a,b a,b true
		a,* a,x true
		ü* über true
		\w* \warm true
		\w* warm false
	TABLE
}

@test "hooktools.jq: a line break in a name is no way out of a pattern" {
	run -0 vocabulary -n 'include "hooktools"; ("main?", "main*", "m*n", "**evil", "main") | _fits(["main\nevil"])'
	[ "$output" = $'false\ntrue\nfalse\ntrue\nfalse' ]
}

# bats test_tags=F2_56
@test "hooktools.jq: no word fails when members are missing, new, or of another type" {
	run -0 vocabulary -rn -f "$top/tests/fixtures/routes.torture.jq" "$fixtures"/*/event.json
	[[ ${lines[-1]} =~ ^([0-9]+)\ events,\ 0\ errors$ ]]
	[ "${BASH_REMATCH[1]}" -gt 5000 ]
}

# bats test_tags=F2_55
@test "hooktools.jq: no word goes that was promised to stay" {
	run -0 comm -23 "$top/tests/fixtures/routes.words" <(
		sed -nE 's/^def ([a-z][a-z_]*)(\(([^)]*)\))?:.*/\1 \3/p' "$top/share/jq/hooktools.jq" |
			awk '{ n = gsub(/;/, ";"); print $1 "/" (NF > 1 ? n + 1 : 0) }' | sort -u
	)
	[ -z "$output" ]
	grep -q '^\.Sh COMPATIBILITY' "$top/man/hookroutes.5"
}
