# Every run and job of GitHub Actions, and every job of ours, is counted.
include "hooktools";

on("workflow_run", "workflow_job", "job") | stats
