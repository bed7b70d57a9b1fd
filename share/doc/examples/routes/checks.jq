# What became of our jobs is told to whom it may concern.
include "hooktools";

on("job") | select(.provider == "hooktools") | report
