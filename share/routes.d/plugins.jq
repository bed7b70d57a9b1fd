# Every event to the plugins of its repository, see hookplugin(5).  In force where there are plugins
# and routes.d has no plugins.jq of its own.
include "hooktools";

select((.provider == "hooktools" and .event == "job") | not)
| to("plugin"; {repository: repo, kind: kind}) + {with: "event"}
