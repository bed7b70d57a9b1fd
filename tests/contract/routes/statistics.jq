include "hooktools";
on("workflow_run", "workflow_job", "job") | to("x"; {})
