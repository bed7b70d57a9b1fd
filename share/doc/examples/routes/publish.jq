# A push to the main branch that touches docs/ publishes the site, and the commit on GitHub
# shows how it went.
include "hooktools";

on("push") | branch(default_branch) | repo("acme/*") | changed("docs/**", "*.md")
| job({
	exec: ["/usr/local/bin/publish", commit],
	name: "publish",
	timeout: "10m",
	secrets: {TOKEN: "token:\(repo)"},
	report: {github_check: {repository: repo, head_sha: commit, name: "publish"}}
  }; "payload")
