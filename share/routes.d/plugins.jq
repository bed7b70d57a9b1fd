# Every event to the plugins of its repository, see hookplugin(5).  In force where there are plugins
# and routes.d has no plugins.jq of its own.  An event of our own may belong to none.
include "hooktools";

select(.name and ((.provider == "hooktools" and .event == "job") | not))
| to("plugin"; {repository: repo, kind: kind}) + {with: "event"}
