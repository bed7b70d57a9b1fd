include "hooktools";
on("pipeline_job") | action("completed") | outcome("success") | to("x"; {})
