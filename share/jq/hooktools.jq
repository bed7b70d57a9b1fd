# The vocabulary of routes: they read like sentences and mean the same on every forge.
# See hookroutes(5).  Names that begin with _ are not for routes.  Every route file is
# compiled with this: it is written to compile fast, so paths are texts.

# The first that is there: _one("issue.number merge_request.iid").
def _one($paths):
	.payload as $payload
	| [$paths | split(" ")[] | split(".") as $path | $payload | try getpath($path) catch null
	   | values][0];

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

def _is($pattern):
	. == $pattern or
	(type == "string" and ($pattern | contains("*") or contains("?") or contains("{")) and
	 test($pattern | _regex));

def _if($text; patterns): select(any(patterns; . as $pattern | $text | _is($pattern)));

def _payload: .payload | if type == "object" then . else {} end;

# Gitea and its kin tell of a deleted branch by a delete event alone; GitHub's only repeats
# what the push has told.
def kind:
	({
		"Push Hook": "push", "Tag Push Hook": "push",
		"Merge Request Hook": "pull_request",
		"Issue Hook": "issue", "Confidential Issue Hook": "issue", "issues": "issue",
		"Note Hook": "comment", "Confidential Note Hook": "comment",
		"issue_comment": "comment", "commit_comment": "comment",
		"pull_request_comment": "comment", "pull_request_review_comment": "comment",
		"pull_request_review": "review", "pull_request_approved": "review",
		"pull_request_rejected": "review",
		"Pipeline Hook": "pipeline", "workflow_run": "pipeline",
		"Job Hook": "pipeline_job", "workflow_job": "pipeline_job",
		"Release Hook": "release", "Deployment Hook": "deployment"
	}[.event] // .event) as $kind
	| if $kind == "push" then
		_payload
		| if .after | tostring | startswith("0000000000") then "deletion"
		  elif .ref | tostring | startswith("refs/tags/") then "tag"
		  else $kind end
	  elif $kind == "delete" and .provider != "github" and _payload.ref_type == "branch"
	  then "deletion"
	  else $kind end;

def is_deleted: kind | . == "deletion" or . == "delete";

# The full name of what was pushed, made or deleted.
def ref:
	_payload
	| if .ref_type == "branch" then "refs/heads/\(.ref)"
	  elif .ref_type == "tag" then "refs/tags/\(.ref)"
	  elif .ref | tostring | startswith("refs/") then .ref
	  else null end;

def _ref($prefix):
	ref | if tostring | startswith($prefix) then .[$prefix | length:] else null end;

# GitLab's pipelines and jobs have a short ref, and say whether it is a tag's.
def _ran($tag): if _one("object_attributes.tag tag") == $tag then _one("object_attributes.ref ref")
	else null end;

# A pull request's is the one that it wants to go into.
def branch:
	_ref("refs/heads/") // _one("pull_request.base.ref object_attributes.target_branch merge_request.target_branch workflow_run.head_branch workflow_job.head_branch check_run.check_suite.head_branch check_suite.head_branch") // _ran(false);

def tag:
	_ref("refs/tags/") // _one("release.tag_name") // _ran(true)
	// (_one("tag") | if type == "string" then . else null end);

def commit:
	if is_deleted then null else _one("checkout_sha head_commit.id after pull_request.head.sha object_attributes.last_commit.id merge_request.last_commit.id object_attributes.sha workflow_run.head_sha workflow_job.head_sha check_run.head_sha check_suite.head_sha comment.commit_id sha commit.id") end;

def actor: _one("sender.login user_username user.username user.name");

# A hook that was added for owner/repository speaks for no other.
def repo:
	if .name | tostring | contains("/") then .name
	else _one("repository.full_name project.path_with_namespace") // .name end;

def default_branch: _one("repository.default_branch project.default_branch");

def clone_url: _one("repository.clone_url project.git_http_url");

def number:
	_one("pull_request.number merge_request.iid issue.number issue.iid")
	// if kind | . == "pull_request" or . == "issue" then _one("object_attributes.iid")
	   else null end;

# Of a pull request: where it comes from.
def head_branch: _one("pull_request.head.ref object_attributes.source_branch merge_request.source_branch");

def is_fork:
	_one("pull_request.head.repo.id object_attributes.source_project_id merge_request.source_project_id")
	!= _one("pull_request.base.repo.id object_attributes.target_project_id merge_request.target_project_id");

def _action: _one("action object_attributes.action object_attributes.status build_status");

def _is_merged:
	kind == "pull_request" and (_action == "merge"
	or (_action == "closed" and _one("pull_request.merged") == true));

def action:
	kind as $kind
	| if _is_merged then "merged"
	  elif _action == "update" and _one("object_attributes.oldrev") then "synchronize"
	  elif _action == "create" and $kind == "release" then "published"
	  else {
		"open": "opened", "reopen": "reopened", "close": "closed", "update": "edited",
		"updated": "edited", "create": "created", "delete": "deleted",
		"synchronized": "synchronize", "running": "in_progress", "success": "completed",
		"failed": "completed", "canceled": "completed", "skipped": "completed"
	  }[_action | tostring] // _action end;

def _commits: _one("commits") | if type == "array" then . else [] end;

def files: [_commits[] | .added[]?, .modified[]?, .removed[]?] | unique;

# GitHub lists 2048 commits of a push, GitLab 20, Gitea 5, and of a new branch it does not
# know how many there are.
def has_all_files:
	_commits as $commits | _one("total_commits_count total_commits") as $total
	| kind == "push" and ($commits | length > 0 and length < 2048 and all(.[]; has("added")))
	and ($total == null or $total <= ($commits | length))
	and (_one("total_commits") == null or (_one("before") | tostring | startswith("0000000000") | not));

# What a route begins with: the event goes on if it is one of these.
def on(names):
	kind as $kind
	| select(any(names; . as $name | $kind | _is($name)) or
		 (.event as $own | $own != "push" and any(names; . as $name | $own | _is($name))));
def action(names):
	[action, _action, if _is_merged then "closed" else empty end] as $actions
	| select(any(names; . as $name | any($actions[]; _is($name))));
def branch(patterns): if is_deleted then empty else _if(branch; patterns) end;
def tag(patterns): if is_deleted then empty else _if(tag; patterns) end;
def deleted(patterns):
	if kind == "deletion" then _if(_ref("refs/heads/") // _ref("refs/tags/"); patterns)
	else empty end;
def repo(patterns): _if(repo; patterns);
def actor(patterns): _if(actor; patterns);
def changed(patterns):
	files as $files
	| select((has_all_files | not) or
		 any(patterns; _regex as $regex | any($files[]; test($regex))));

# What a route ends with: deliveries.
def to($name): {to: $name, with: "event"};
def to($name; value): {to: $name, send: value};
def job(spec): to("runjob"; {event_id: .id, repository: repo} + spec);
def job(spec; $with): job(spec) + {with: $with};
def pipeline(spec): job(spec);
def mint: to("tokenmint");
def stats: to("ghstats");
def report: to("report");
def lane(key; delivery): (key | tostring) as $key | delivery + {lane: $key};
def latest(delivery): delivery + {latest: true};
def notify(text): to("notify"; {text: text, event_id: .id, repository: repo});
