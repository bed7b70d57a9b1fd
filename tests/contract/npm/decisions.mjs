// decisions.mjs < EVENTS: which of the routes of tests/contract/routes should say yes to which
// event, written down a second time from GitHub's documentation: "ID ROUTE" a line.
import fs from "node:fs";

const among = (value, ...list) => list.includes(value);
const pull = (name) => name === "pull_request";
const fits = (text, pattern) => typeof text === "string" && pattern.test(text);
const labels = ({ pull_request, issue }) => ((pull_request ?? issue)?.labels ?? []).map(({ name }) => name);
const run = (p) => p.workflow_run ?? p.workflow_job ?? p.check_run ?? p.check_suite;
const branchPush = (name, p) => name === "push" && !p.deleted && p.ref.startsWith("refs/heads/");
const tagPush = (name, p) => name === "push" && !p.deleted && p.ref.startsWith("refs/tags/");
const owner = (p) => p.repository ? p.repository.full_name.split("/")[0] : p.organization?.login ?? p.installation?.account?.login;

function tagOf(name, p) {
	if (tagPush(name, p))
		return p.ref.slice("refs/tags/".length);
	if (name === "create" && p.ref_type === "tag")
		return p.ref;
	return name === "release" ? p.release.tag_name : null;
}

// Which files a push touched; GitHub lists 2048 commits at most.
function touches(p, pattern) {
	const files = p.commits.flatMap(({ added, modified, removed }) => [...added, ...modified, ...removed]);
	return p.commits.length === 0 || p.commits.length >= 2048 || files.some((file) => pattern.test(file));
}

const routes = {
	"push-main": (name, p) => branchPush(name, p) && among(p.ref, "refs/heads/main", "refs/heads/master"),
	"push-tag": tagPush,
	"push-deleted": (name, p) => name === "push" && p.deleted,
	"tag-simple": (name, p) => fits(tagOf(name, p), /^(simple-[^/]*|v[^/]\.[^/]*|0\.0\.[^/]*)$/),
	"pull-request-to-test": (name, p) => pull(name) && among(p.action, "opened", "synchronize", "reopened"),
	"pull-request-merged": (name, p) => pull(name) && p.action === "closed" && p.pull_request.merged,
	"pull-request-rejected": (name, p) => pull(name) && p.action === "closed" && !p.pull_request.merged,
	"pull-request-to-default": (name, p) => pull(name) && p.pull_request.base.ref === p.repository.default_branch,
	"pull-request-fork": (name, p) => pull(name) && p.pull_request.head.repo?.id !== p.pull_request.base.repo.id,
	"pull-request-draft": (name, p) => pull(name) && p.pull_request.draft,
	"pull-request-head": (name, p) => fits(p.pull_request?.head?.ref, /^(changes|feature\/[^/]*)$/),
	"comment": (name, p) =>
		among(name, "issue_comment", "commit_comment", "pull_request_review_comment") && p.action === "created",
	"review": (name, p) => name === "pull_request_review" && p.action === "submitted",
	"issue-labelled": (name, p) => name === "issues" && p.action === "labeled" && labels(p).includes("bug"),
	"labels": (name, p) => labels(p).some((label) => !label.includes("/")) && !among(name, "workflow_job"),
	"release": (name, p) => name === "release" && p.action === "published",
	"pipeline-failed": (name, p) =>
		name === "workflow_run" && p.action === "completed" && among(p.workflow_run.conclusion, "failure", "timed_out"),
	"pipeline-job-done": (name, p) =>
		name === "workflow_job" && p.action === "completed" && p.workflow_job.conclusion === "success",
	"check-good": (name, p) => among(name, "check_run", "check_suite") && run(p).conclusion === "success",
	"status-good": (name, p) => name === "status" && p.state === "success",
	"org": (name, p) => fits(owner(p), /^(Codertocat|octo-[^/]*)$/),
	"repo": (name, p) => fits(p.repository?.full_name, /^Codertocat\/[^/]*$/),
	"actor": (name, p) => p.sender?.login === "Codertocat",
	"actor-bot": (name, p) => fits(p.sender?.login, /^[^/]*\[bot\]$/),
	"installation": (name, p) =>
		among(name, "installation", "installation_repositories") && among(p.action, "created", "added"),
	"statistics": (name) => among(name, "workflow_run", "workflow_job"),
	"changed": (name, p) => branchPush(name, p) && touches(p, /\.md$|^docs\//),
	// repository_vulnerability_alert says "create".
	"alert": (name, p) => name.endsWith("_alert") && among(p.action, "created", "create"),
	"deployment": (name) => name.startsWith("deployment"),
	"private": (name, p) =>
		(branchPush(name, p) || pull(name) || name === "release") && p.repository.private,
	"people": (name) => name === "organization" || name.startsWith("member") || name.startsWith("team"),
	"number": (name, p) => (pull(name) || name === "issues") && (p.pull_request ?? p.issue).number === 1,
};

for (const line of fs.readFileSync(0, "utf8").split("\n")) {
	if (!line)
		continue;
	const { id, event, payload } = JSON.parse(line);
	for (const [route, says] of Object.entries(routes))
		if (says(event, payload))
			console.log(`${id} ${route}.jq`);
}
