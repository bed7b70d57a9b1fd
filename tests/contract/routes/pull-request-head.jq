include "hooktools";
head_branch("changes", "feature/*") | to("x"; {})
