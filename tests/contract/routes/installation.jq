include "hooktools";
on("installation", "installation_repositories") | action("created", "added") | to("x"; {})
