# The vocabulary of routes: they read like sentences and mean the same on every forge.
# See hookroutes(5).  Names that begin with _ are not for routes.  Every route file is
# compiled with this: what is constant is free, so the differences of forges are tables.

# Where a payload says what: the first path that is there.  GitHub, GitLab, Gitea and their
# kin share names, the others do not.
def _tables: {
	"forge": {
		"ref": [["ref"]],
		"ref_type": [["ref_type"]],
		"after": [["after"]],
		"branch": [["pull_request", "base", "ref"], ["object_attributes", "target_branch"], ["merge_request", "target_branch"], ["workflow_run", "head_branch"], ["workflow_job", "head_branch"], ["check_run", "check_suite", "head_branch"], ["check_suite", "head_branch"]],
		"tag": [["release", "tag_name"]],
		"own_tag": [["tag"]],
		"ran": [["object_attributes", "ref"], ["ref"]],
		"ran_tag": [["object_attributes", "tag"], ["tag"]],
		"commit": [["checkout_sha"], ["head_commit", "id"], ["after"], ["pull_request", "head", "sha"], ["object_attributes", "last_commit", "id"], ["merge_request", "last_commit", "id"], ["object_attributes", "sha"], ["workflow_run", "head_sha"], ["workflow_job", "head_sha"], ["check_run", "head_sha"], ["check_suite", "head_sha"], ["comment", "commit_id"], ["sha"], ["commit", "id"]],
		"actor": [["sender", "login"], ["user_username"], ["user", "username"], ["user", "name"]],
		"repo": [["repository", "full_name"], ["project", "path_with_namespace"]],
		"org": [["organization", "login"], ["organization", "username"], ["installation", "account", "login"]],
		"default_branch": [["repository", "default_branch"], ["project", "default_branch"]],
		"clone_url": [["repository", "clone_url"], ["project", "git_http_url"]],
		"number": [["pull_request", "number"], ["merge_request", "iid"], ["issue", "number"], ["issue", "iid"]],
		"own_number": [["object_attributes", "iid"]],
		"head_branch": [["pull_request", "head", "ref"], ["object_attributes", "source_branch"], ["merge_request", "source_branch"]],
		"head_repo": [["pull_request", "head", "repo", "id"], ["object_attributes", "source_project_id"], ["merge_request", "source_project_id"]],
		"base_repo": [["pull_request", "base", "repo", "id"], ["object_attributes", "target_project_id"], ["merge_request", "target_project_id"]],
		"labels": [["pull_request", "labels"], ["issue", "labels"], ["object_attributes", "labels"], ["merge_request", "labels"], ["labels"]],
		"draft": [["pull_request", "draft"], ["object_attributes", "draft"], ["object_attributes", "work_in_progress"], ["merge_request", "draft"], ["merge_request", "work_in_progress"], ["release", "draft"]],
		"action": [["action"], ["object_attributes", "action"], ["object_attributes", "status"], ["build_status"]],
		"merged": [["pull_request", "merged"]],
		"outcome": [["workflow_run", "conclusion"], ["workflow_job", "conclusion"], ["check_run", "conclusion"], ["check_suite", "conclusion"], ["object_attributes", "status"], ["build_status"], ["job", "state"], ["deployment_status", "state"], ["state"]],
		"commits": [["commits"]],
		"total": [["total_commits_count"], ["total_commits"]]
	},
	"bitbucket": {
		"ref": [["push", "changes", 0, "new", "name"], ["push", "changes", 0, "old", "name"]],
		"ref_type": [["push", "changes", 0, "new", "type"], ["push", "changes", 0, "old", "type"]],
		"before": [["push", "changes", 0, "old", "type"]],
		"after": [["push", "changes", 0, "new", "target", "hash"]],
		"changes": ["push", "changes"],
		"branch": [["pullrequest", "destination", "branch", "name"], ["commit_status", "refname"]],
		"commit": [["push", "changes", 0, "new", "target", "hash"], ["pullrequest", "source", "commit", "hash"], ["commit", "hash"]],
		"actor": [["actor", "nickname"], ["actor", "username"], ["actor", "display_name"]],
		"repo": [["repository", "full_name"]],
		"default_branch": [["repository", "mainbranch", "name"]],
		"clone_url": [["repository", "links", "html", "href"]],
		"number": [["pullrequest", "id"], ["issue", "id"]],
		"head_branch": [["pullrequest", "source", "branch", "name"]],
		"head_repo": [["pullrequest", "source", "repository", "full_name"]],
		"base_repo": [["pullrequest", "destination", "repository", "full_name"]],
		"draft": [["pullrequest", "draft"]],
		"action": [["commit_status", "state"]],
		"outcome": [["commit_status", "state"]]
	},
	"bitbucket-server": {
		"ref": [["changes", 0, "ref", "id"], ["changes", 0, "refId"]],
		"after": [["changes", 0, "toHash"]],
		"changes": ["changes"],
		"branch": [["pullRequest", "toRef", "displayId"]],
		"commit": [["changes", 0, "toHash"], ["pullRequest", "fromRef", "latestCommit"], ["commit"]],
		"actor": [["actor", "name"]],
		"owner": [["repository", "project", "key"], ["pullRequest", "toRef", "repository", "project", "key"]],
		"repo": [["repository", "slug"], ["pullRequest", "toRef", "repository", "slug"]],
		"clone_url": [["repository", "links", "clone", 0, "href"], ["pullRequest", "toRef", "repository", "links", "clone", 0, "href"]],
		"number": [["pullRequest", "id"]],
		"head_branch": [["pullRequest", "fromRef", "displayId"]],
		"head_repo": [["pullRequest", "fromRef", "repository", "id"]],
		"base_repo": [["pullRequest", "toRef", "repository", "id"]],
		"draft": [["pullRequest", "draft"]]
	},
	"azure": {
		"ref": [["resource", "refUpdates", 0, "name"]],
		"after": [["resource", "refUpdates", 0, "newObjectId"]],
		"changes": ["resource", "refUpdates"],
		"branch": [["resource", "targetRefName"], ["resource", "pullRequest", "targetRefName"], ["resource", "sourceBranch"]],
		"commit": [["resource", "refUpdates", 0, "newObjectId"], ["resource", "lastMergeSourceCommit", "commitId"], ["resource", "pullRequest", "lastMergeSourceCommit", "commitId"], ["resource", "sourceVersion"]],
		"actor": [["resource", "pushedBy", "uniqueName"], ["resource", "comment", "author", "uniqueName"], ["resource", "createdBy", "uniqueName"], ["resource", "requestedFor", "uniqueName"]],
		"owner": [["resource", "repository", "project", "name"], ["resource", "pullRequest", "repository", "project", "name"]],
		"repo": [["resource", "repository", "name"], ["resource", "pullRequest", "repository", "name"]],
		"default_branch": [["resource", "repository", "defaultBranch"], ["resource", "pullRequest", "repository", "defaultBranch"]],
		"clone_url": [["resource", "repository", "remoteUrl"], ["resource", "pullRequest", "repository", "remoteUrl"]],
		"number": [["resource", "pullRequestId"], ["resource", "pullRequest", "pullRequestId"], ["resource", "workItemId"]],
		"own_number": [["resource", "id"]],
		"head_branch": [["resource", "sourceRefName"], ["resource", "pullRequest", "sourceRefName"]],
		"head_repo": [["resource", "forkSource", "repository", "id"]],
		"labels": [["resource", "labels"]],
		"draft": [["resource", "isDraft"]],
		"status": [["resource", "status"]],
		"outcome": [["resource", "result"], ["resource", "status"]]
	},
	"sourcehut": {
		"ref": [["refs", 0, "name"], ["data", "webhook", "updates", 0, "ref", "name"]],
		"before": [["refs", 0, "old"], ["data", "webhook", "updates", 0, "oldObject"]],
		"after": [["refs", 0, "new", "id"], ["data", "webhook", "updates", 0, "newObject", "id"]],
		"changes": ["refs"],
		"commit": [["refs", 0, "new", "id"], ["data", "webhook", "updates", 0, "newObject", "id"]],
		"actor": [["pusher", "name"], ["data", "webhook", "pusher", "username"], ["data", "webhook", "pusher", "canonicalName"]],
		"owner": [["data", "webhook", "repository", "owner", "canonicalName"]],
		"repo": [["data", "webhook", "repository", "name"]],
		"own_number": [["id"]]
	}
};

# What happened, in one word, and what became of it where the event's name says so.
def _kinds: {
	"Push Hook": ["push"], "Tag Push Hook": ["push"], "Merge Request Hook": ["pull_request"], "Issue Hook": ["issue"], "Confidential Issue Hook": ["issue"], "issues": ["issue"], "Note Hook": ["comment"], "Confidential Note Hook": ["comment"], "issue_comment": ["comment"], "commit_comment": ["comment"], "pull_request_comment": ["comment"], "pull_request_review_comment": ["comment"], "pull_request_review": ["review"], "pull_request_approved": ["review"], "pull_request_rejected": ["review"], "Pipeline Hook": ["pipeline"], "workflow_run": ["pipeline"], "Job Hook": ["pipeline_job"], "workflow_job": ["pipeline_job"], "Release Hook": ["release"], "Deployment Hook": ["deployment"],
	"repo:push": ["push"], "pullrequest:created": ["pull_request", "opened"], "pullrequest:updated": ["pull_request", "synchronize"], "pullrequest:fulfilled": ["pull_request", "merged"], "pullrequest:rejected": ["pull_request", "closed"], "pullrequest:approved": ["review", "approved"], "pullrequest:unapproved": ["review", "dismissed"], "pullrequest:changes_request_created": ["review", "changes_requested"], "pullrequest:changes_request_removed": ["review", "dismissed"], "pullrequest:comment_created": ["comment", "created"], "pullrequest:comment_updated": ["comment", "edited"], "pullrequest:comment_deleted": ["comment", "deleted"], "pullrequest:comment_resolved": ["comment", "resolved"], "pullrequest:comment_reopened": ["comment", "reopened"], "repo:commit_comment_created": ["comment", "created"], "issue:created": ["issue", "opened"], "issue:updated": ["issue", "edited"], "issue:comment_created": ["comment", "created"], "repo:commit_status_created": ["pipeline"], "repo:commit_status_updated": ["pipeline"],
	"repo:refs_changed": ["push"], "pr:opened": ["pull_request", "opened"], "pr:from_ref_updated": ["pull_request", "synchronize"], "pr:to_ref_updated": ["pull_request", "edited"], "pr:modified": ["pull_request", "edited"], "pr:merged": ["pull_request", "merged"], "pr:declined": ["pull_request", "closed"], "pr:deleted": ["pull_request", "deleted"], "pr:reviewer:approved": ["review", "approved"], "pr:reviewer:unapproved": ["review", "dismissed"], "pr:reviewer:needs_work": ["review", "changes_requested"], "pr:reviewer:changes_requested": ["review", "changes_requested"], "pr:comment:added": ["comment", "created"], "pr:comment:edited": ["comment", "edited"], "pr:comment:deleted": ["comment", "deleted"], "repo:comment:added": ["comment", "created"], "repo:comment:edited": ["comment", "edited"], "repo:comment:deleted": ["comment", "deleted"], "diagnostics:ping": ["ping"],
	"git.push": ["push"], "git.pullrequest.created": ["pull_request", "opened"], "git.pullrequest.updated": ["pull_request", "synchronize"], "git.pullrequest.merged": ["pull_request", "synchronize"], "ms.vss-code.git-pullrequest-comment-event": ["comment", "created"], "build.complete": ["pipeline", "completed"], "workitem.created": ["issue", "opened"], "workitem.updated": ["issue", "edited"], "workitem.deleted": ["issue", "deleted"], "workitem.restored": ["issue", "reopened"], "workitem.commented": ["comment", "created"],
	"repo:post-update": ["push"], "GIT_POST_RECEIVE": ["push"], "ticket:create": ["issue", "opened"], "TICKET_CREATED": ["issue", "opened"]
};

# GitLab's system hooks have all the same name.
def _system_kinds: {"push": ["push"], "tag_push": ["push"], "merge_request": ["pull_request"], "issue": ["issue"], "note": ["comment"], "pipeline": ["pipeline"], "build": ["pipeline_job"], "release": ["release"], "deployment": ["deployment"]};

def _actions: {"open": "opened", "reopen": "reopened", "close": "closed", "update": "edited", "updated": "edited", "create": "created", "delete": "deleted", "synchronized": "synchronize", "label_updated": "labeled", "label_cleared": "unlabeled", "running": "in_progress", "success": "completed", "failed": "completed", "canceled": "completed", "skipped": "completed", "SUCCESSFUL": "completed", "FAILED": "completed", "STOPPED": "completed", "INPROGRESS": "in_progress"};

def _outcomes: {"ok": "success", "success": "success", "SUCCESSFUL": "success", "succeeded": "success", "failed": "failure", "failure": "failure", "FAILED": "failure", "partiallySucceeded": "failure", "partiallysucceeded": "failure", "error": "failure", "oom": "failure", "lost": "failure", "startup_failure": "failure", "timeout": "timed_out", "timed_out": "timed_out", "cancelled": "cancelled", "canceled": "cancelled", "STOPPED": "cancelled", "stopped": "cancelled", "skipped": "skipped", "neutral": "neutral", "stale": "stale", "action_required": "action_required"};

def _table: _tables[.provider | tostring] // _tables.forge;

# The first that is there and no null; a payload may be anything.
def _fact($name):
	.payload as $payload
	| [_table[$name][]? as $path | $payload | try getpath($path) catch null | values][0];

# What no word tells: field("repository.private"), null where there is no such thing.
def field($path):
	[$path | split(".")[] | if test("^[0-9]+$") then tonumber else . end] as $path
	| .payload | try getpath($path) catch null;

def _string: if type == "string" then . else null end;

def _event: .event | tostring;

# A pattern as a regular expression: ** crosses slashes, * and ? do not, {a,b} is a or b.
def _regex:
	{
		"?": "[^/]", "{": "(?:", "}": ")", ".": "\\.", "^": "\\^", "$": "\\$", "|": "\\|",
		"(": "\\(", ")": "\\)", "[": "\\[", "]": "\\]", "+": "\\+", "\\": "\\\\"
	} as $signs
	| (if contains("{") then "|" else "," end) as $comma
	| [split("**/")[]
	   | [split("**")[]
	      | [split("*")[] | [split("")[] | if . == "," then $comma else $signs[.] // . end] | add]
	      | join("[^/]*")]
	   | join(".*")]
	| "(?s)\\A(?:" + join("(?:.*/)?") + ")\\z";

# Does one of the texts fit this pattern?  What stands before its first sign says no soonest.
def _fits($texts):
	. as $pattern
	| (split("*")[0] // "" | split("?")[0] // "" | split("{")[0] // "") as $start
	| [$texts[] | strings | select(startswith($start))] as $near
	| if $near == [] then false
	  elif any($near[]; . == $pattern) or $pattern == $start + "**" then true
	  elif $pattern == $start then false
	  elif $pattern == $start + "*" then any($near[]; ltrimstr($start) | contains("/") | not)
	  else _regex as $regex | any($near[]; test($regex)) end;

# A pattern that is null, as a fact may be, fits nothing.
def _any($texts; patterns): select(any(patterns | strings; _fits($texts)));
def _if($text; patterns): _any([$text]; patterns);

def _known: _kinds[_event] // (if _event == "System Hook" then
		_system_kinds[.payload | try (.object_kind // .event_name) catch null | tostring]
	else null end);

def _is_gone:
	_fact("after") as $after
	| if $after == null then _fact("before") != null
	  else $after | tostring | startswith("0000000000") end;

# The full name of what was pushed, made or deleted.
def ref:
	(_fact("ref") | _string) as $ref
	| {"branch": "refs/heads/", "tag": "refs/tags/"}[_fact("ref_type") | tostring] as $prefix
	| if $ref == null then null
	  elif $prefix then $prefix + $ref
	  elif $ref | startswith("refs/") then $ref
	  else null end;

# Gitea and its kin tell of a deleted branch by a delete event alone; GitHub's only repeats
# what the push has told.
def kind:
	(_known[0] // .event) as $kind
	| if $kind == "push" then
		if _is_gone then "deletion"
		elif ref | tostring | startswith("refs/tags/") then "tag"
		else "push" end
	  elif $kind == "delete" and .provider != "github" and _fact("ref_type") == "branch"
	  then "deletion"
	  else $kind end;

# Whatever kind could answer, and on let pass: all that hookroute knows of an event before
# it reads the payload.
def _may_be:
	(_kinds[_event][0] // .event, if _event == "System Hook" then _system_kinds[][0] else empty end)
	| ., if . == "push" then "deletion", "tag" elif . == "delete" then "deletion" else empty end;
def _may_on(names): [_may_be, .event] as $kinds | _any($kinds; names);

def is_deleted: kind | . == "deletion" or . == "delete";

def _short($prefix): if tostring | startswith($prefix) then .[$prefix | length:] else null end;

# GitLab's pipelines and jobs have a short ref, and say whether it is a tag's.
def _ran($tag): if _fact("ran_tag") == $tag then _fact("ran") else null end;

# A pull request's is the one that it wants to go into.
def branch:
	(ref | _short("refs/heads/")) // (_fact("branch") | _short("refs/heads/") // .) // _ran(false);

def tag:
	(ref | _short("refs/tags/")) // _fact("tag") // _ran(true) // (_fact("own_tag") | _string);

def commit: if is_deleted then null else _fact("commit") end;

def actor: _fact("actor");

# A hook that was added for owner/repository speaks for no other.
def repo:
	if .name | tostring | contains("/") then .name
	else _fact("repo") as $repo | _fact("owner") as $owner
	| if $repo == null then .name elif $owner == null then $repo
	  else "\($owner)/\($repo)" end
	end;

# What stands before the last slash: a group, a project, a person.
def org:
	(repo | _string // "") as $repo
	| if $repo | contains("/") then $repo | split("/") | .[:-1] | join("/")
	  else _fact("org") end;

def default_branch: _fact("default_branch") | _short("refs/heads/") // .;

def clone_url: _fact("clone_url");

def number:
	_fact("number")
	// if kind | . == "pull_request" or . == "issue" then _fact("own_number") else null end;

# Of a pull request: where it comes from.
def head_branch: _fact("head_branch") | _short("refs/heads/") // .;

def is_fork: _fact("head_repo") != _fact("base_repo");

def is_draft: _fact("draft") == true;

def labels:
	[_fact("labels") | if type == "array" then .[] else empty end
	 | try (.name // .title) catch null | strings] | unique;

def _action: _known[1] // _fact("action");

def _is_merged:
	kind == "pull_request" and (_action as $action
	| $action == "merge" or $action == "merged" or _fact("status") == "completed"
	or ($action == "closed" and _fact("merged") == true));

def action:
	_action as $action
	| if _is_merged then "merged"
	  elif _fact("status") == "abandoned" then "closed"
	  elif $action == "update" and (.payload | try .object_attributes.oldrev catch null) then "synchronize"
	  elif $action == "create" and kind == "release" then "published"
	  else _actions[$action | tostring] // $action end;

# How a run ended, GitHub's words; null as long as it has not.
def outcome: _outcomes[_fact("outcome") | tostring];

def _own($event; $key):
	if .provider == "hooktools" and .event == $event
	then .payload | try getpath($key) catch null else null end;

def job_state: _own("job"; ["job", "state"]);
def job_name: _own("job"; ["job", "name"]);
def exit_status: _own("job"; ["job", "exit_code"]);

def schedule: _own("schedule"; ["schedule"]) // _own("schedule"; ["plugin"]);
def due_at: _own("schedule"; ["due_at"]);

def _commits: _fact("commits") | if type == "array" then . else [] end;

def files: [_commits[] | try (.added, .modified, .removed)[] catch empty | strings] | unique;

# GitHub lists 2048 commits of a push, GitLab 20, Gitea 5, and of a new branch it does not
# know how many there are.
def has_all_files:
	_commits as $commits | _fact("total") as $total
	| kind == "push" and ($commits | length > 0 and length < 2048)
	and all($commits[]; type == "object" and has("added"))
	and ($total == null or $total <= ($commits | length))
	and (.payload | .total_commits == null or (.before | tostring | startswith("0000000000") | not));

# A push of several branches and tags in one event goes on as one of each.
def _each:
	_table.changes as $path
	| (if $path then .payload | try getpath($path) catch null else null end) as $changes
	| if $changes | type == "array" and length > 1
	  then $changes[] as $change | setpath(["payload"] + $path; [$change])
	  else . end;

# What a route begins with: the event goes on if it is one of these.
def on(names):
	_each
	| [kind, if .event == "push" then empty else .event end] as $kinds
	| _any($kinds; names);
def action(names):
	action as $action
	| [$action, _action, if $action == "merged" then "closed" else empty end,
	   if $action == "synchronize" and .provider != "github" and _known[1] then "edited" else empty end] as $actions
	| _any($actions; names);
def branch(patterns): _each | if is_deleted then empty else _if(branch; patterns) end;
def tag(patterns): _each | if is_deleted then empty else _if(tag; patterns) end;
def deleted(patterns):
	_each
	| if kind == "deletion" then _if(ref | _short("refs/heads/") // _short("refs/tags/"); patterns)
	  else empty end;
def repo(patterns): _if(repo; patterns);
def org(patterns): _if(org; patterns);
def actor(patterns): _if(actor; patterns);
def head_branch(patterns): _if(head_branch; patterns);
def labels(patterns): _any(labels; patterns);
def outcome(names): _if(outcome; names);
def job_state(names):
	job_state as $state | select($state != null) | _any([$state, outcome]; names);
def job_name(patterns): _if(job_name; patterns);
def schedule(names): _if(schedule; names);
def changed(patterns):
	files as $files
	| select(any(patterns | strings; _fits($files)) or (has_all_files | not));

# What a route ends with: deliveries.
def to($name): {to: $name, with: "event"};
def to($name; value): {to: $name, send: value};
def _hops: 1 + try (.headers["hooktools-hops"] | tonumber) catch 0;
def job(spec):
	to("runjob"; {event_id: .id, repository: repo}
		+ (if .provider == "hooktools" and .event == "job" or _hops > 1 then {hops: _hops} else {} end) + spec);
def job(spec; $with): job(spec) + {with: $with};
def pipeline(spec): job(spec);
def mint: to("tokenmint");
def stats: to("ghstats");
def report: to("report");
def lane(key; delivery): (key | tostring) as $key | delivery + {lane: $key};
def latest(delivery): delivery + {latest: true};
def notify(text): to("notify"; {text: text, event_id: .id, repository: repo});
def emit(spec):
	to("emit"; {name: repo, hops: _hops} + spec);
