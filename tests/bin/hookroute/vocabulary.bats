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
			'include "hooktools"; $t | _is($p)'
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
	run -0 vocabulary -n 'include "hooktools"; "main\nevil" | _is("main?"), _is("main*"), _is("m*n"), _is("**evil"), _is("main")'
	[ "$output" = $'false\ntrue\nfalse\ntrue\nfalse' ]
}
