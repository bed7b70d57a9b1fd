# An app that was installed somewhere gets its token made, and taken away again.
include "hooktools";

on("installation", "installation_repositories", "installation_target") | mint
