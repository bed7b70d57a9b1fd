#include "lib/stats_schema.h"

#include <stdlib.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/layout.h"
#include "lib/path.h"

/* What was published is never changed: a new shape is a new step at the end.  The rank says
 * how far a run or job has come; seen_ms is when a name was last said to be so. */

/* clang-format off */
#define WORKFLOW_RUNS \
	"CREATE TABLE users (" \
	" id INTEGER PRIMARY KEY CHECK (id > 0)," \
	" login TEXT NOT NULL COLLATE NOCASE," \
	" seen_ms INTEGER NOT NULL" \
	") STRICT;" \
	"CREATE TABLE repositories (" \
	" id INTEGER PRIMARY KEY CHECK (id > 0)," \
	" name TEXT NOT NULL COLLATE NOCASE," \
	" seen_ms INTEGER NOT NULL" \
	") STRICT;" \
	"CREATE TABLE workflows (" \
	" id INTEGER PRIMARY KEY CHECK (id > 0)," \
	" repository_id INTEGER NOT NULL REFERENCES repositories (id) ON DELETE CASCADE," \
	" name TEXT," \
	" path TEXT," \
	" seen_ms INTEGER NOT NULL" \
	") STRICT;" \
	"CREATE TABLE workflow_runs (" \
	" id INTEGER NOT NULL CHECK (id > 0)," \
	" attempt INTEGER NOT NULL CHECK (attempt > 0)," \
	" repository_id INTEGER REFERENCES repositories (id) ON DELETE CASCADE," \
	" workflow_id INTEGER REFERENCES workflows (id) ON DELETE CASCADE," \
	" actor_id INTEGER REFERENCES users (id) ON DELETE SET NULL," \
	" number INTEGER," \
	" event TEXT," \
	" title TEXT," \
	" branch TEXT," \
	" sha TEXT," \
	" status TEXT," \
	" conclusion TEXT," \
	" rank INTEGER NOT NULL DEFAULT 0 CHECK (rank BETWEEN 0 AND 3)," \
	" created_ms INTEGER," \
	" started_ms INTEGER," \
	" updated_ms INTEGER," \
	" completed_ms INTEGER," \
	" guessed INTEGER NOT NULL DEFAULT 0 CHECK (guessed IN (0, 1))," \
	" PRIMARY KEY (id, attempt)," \
	" CHECK (conclusion IS NULL OR status IS 'completed')," \
	" CHECK (status IS NULL OR (rank > 0 AND repository_id IS NOT NULL" \
	"  AND workflow_id IS NOT NULL AND created_ms IS NOT NULL" \
	"  AND started_ms IS NOT NULL AND updated_ms IS NOT NULL))" \
	") STRICT, WITHOUT ROWID;" \
	"CREATE TABLE jobs (" \
	" id INTEGER PRIMARY KEY CHECK (id > 0)," \
	" run_id INTEGER NOT NULL," \
	" attempt INTEGER NOT NULL," \
	" name TEXT," \
	" branch TEXT," \
	" runner TEXT," \
	" runner_group TEXT," \
	" labels TEXT," \
	" status TEXT NOT NULL," \
	" conclusion TEXT," \
	" rank INTEGER NOT NULL CHECK (rank BETWEEN 1 AND 3)," \
	" created_ms INTEGER," \
	" started_ms INTEGER," \
	" completed_ms INTEGER," \
	" CHECK (conclusion IS NULL OR status IS 'completed')," \
	" FOREIGN KEY (run_id, attempt) REFERENCES workflow_runs (id, attempt)" \
	"  ON DELETE CASCADE" \
	") STRICT;"

#define LOCAL_JOBS \
	"CREATE TABLE local_jobs (" \
	" id TEXT PRIMARY KEY CHECK (length(id) = 36)," \
	" name TEXT," \
	" owner TEXT," \
	" repository TEXT COLLATE NOCASE," \
	" event_id TEXT," \
	" state TEXT NOT NULL," \
	" rank INTEGER NOT NULL CHECK (rank BETWEEN 1 AND 3)," \
	" exit_code INTEGER," \
	" signal INTEGER," \
	" reason TEXT," \
	" node TEXT," \
	" created_ms INTEGER," \
	" started_ms INTEGER," \
	" finished_ms INTEGER" \
	") STRICT, WITHOUT ROWID;"

/* In a view the runs come first: SQLite keeps the order of a CROSS JOIN, and would otherwise
 * begin with the repositories where they are few. */
#define RATED "('success', 'failure', 'timed_out', 'startup_failure')"

#define STATISTICS \
	"CREATE INDEX repositories_by_name ON repositories (name);" \
	"CREATE INDEX users_by_login ON users (login);" \
	"CREATE INDEX workflows_by_repository ON workflows (repository_id);" \
	"CREATE INDEX runs_by_workflow ON workflow_runs (workflow_id, started_ms, status);" \
	"CREATE INDEX runs_by_repository ON workflow_runs (repository_id, started_ms, status);" \
	"CREATE INDEX runs_by_time ON workflow_runs (started_ms);" \
	"CREATE INDEX runs_by_status ON workflow_runs (status, conclusion);" \
	"CREATE INDEX runs_by_actor ON workflow_runs (actor_id);" \
	"CREATE INDEX jobs_by_run ON jobs (run_id, attempt, started_ms);" \
	"CREATE INDEX jobs_by_status ON jobs (status, conclusion);" \
	"CREATE TABLE statistics (" \
	" workflow_id INTEGER NOT NULL REFERENCES workflows (id) ON DELETE CASCADE," \
	" day INTEGER NOT NULL," \
	" runs INTEGER NOT NULL CHECK (runs > 0)," \
	" completed INTEGER NOT NULL," \
	" succeeded INTEGER NOT NULL," \
	" failed INTEGER NOT NULL," \
	" timed INTEGER NOT NULL," \
	" p50_ms INTEGER CHECK (p50_ms >= 0)," \
	" p90_ms INTEGER," \
	" p95_ms INTEGER," \
	" p99_ms INTEGER," \
	" mean_ms INTEGER," \
	" max_ms INTEGER," \
	" queue_p50_ms INTEGER CHECK (queue_p50_ms >= 0)," \
	" queue_p95_ms INTEGER," \
	" anomalies INTEGER NOT NULL," \
	" PRIMARY KEY (workflow_id, day)" \
	") STRICT, WITHOUT ROWID;" \
	"CREATE VIEW run_facts AS SELECT" \
	" r.id, r.attempt, r.number, r.repository_id, p.name AS repository," \
	" r.workflow_id, w.name AS workflow, w.path, r.title, r.branch, r.sha, r.event," \
	" r.actor_id, u.login AS actor, r.status, r.conclusion, r.created_ms," \
	" r.started_ms, r.completed_ms, r.started_ms AS at_ms," \
	" r.started_ms / 86400000 AS day," \
	" r.conclusion IN " RATED " AS rated," \
	" max(0, r.completed_ms - r.started_ms) AS run_ms," \
	" coalesce((SELECT max(0, min(j.started_ms) - r.started_ms) FROM jobs j" \
	"  WHERE j.run_id = r.id AND j.attempt = r.attempt AND j.rank > 1)," \
	"  CASE WHEN r.attempt = 1 THEN max(0, r.started_ms - r.created_ms) END)" \
	"  AS queue_ms," \
	" (r.guessed OR r.started_ms < r.created_ms" \
	"  OR coalesce(r.completed_ms < r.started_ms, 0)" \
	"  OR (r.rank = 3 AND r.conclusion IS NULL)) AS anomalies" \
	" FROM workflow_runs r CROSS JOIN repositories p ON p.id = r.repository_id" \
	" CROSS JOIN workflows w ON w.id = r.workflow_id" \
	" LEFT JOIN users u ON u.id = r.actor_id" \
	" WHERE r.status IS NOT NULL;" \
	"CREATE VIEW job_facts AS SELECT" \
	" j.id, j.run_id, j.attempt, j.name AS job, r.repository_id, p.name AS repository," \
	" r.workflow_id, w.name AS workflow, w.path, coalesce(r.branch, j.branch) AS branch," \
	" r.event, r.actor_id, u.login AS actor, j.status, j.conclusion, j.created_ms," \
	" CASE WHEN j.rank > 1 THEN j.started_ms END AS started_ms, j.completed_ms," \
	" coalesce(CASE WHEN j.rank > 1 THEN j.started_ms END, j.created_ms) AS at_ms," \
	" j.conclusion IN " RATED " AS rated," \
	" max(0, j.completed_ms - j.started_ms) AS run_ms," \
	" CASE WHEN j.rank > 1 THEN max(0, j.started_ms - j.created_ms) END AS queue_ms," \
	" (coalesce(j.completed_ms < j.started_ms, 0)" \
	"  OR (j.rank > 1 AND coalesce(j.started_ms < j.created_ms, 1))" \
	"  OR (j.rank = 3 AND (j.conclusion IS NULL OR j.completed_ms IS NULL)))" \
	"  AS anomalies," \
	" j.runner, j.runner_group, j.labels" \
	" FROM jobs j CROSS JOIN workflow_runs r ON r.id = j.run_id AND r.attempt = j.attempt" \
	" LEFT JOIN repositories p ON p.id = r.repository_id" \
	" LEFT JOIN workflows w ON w.id = r.workflow_id" \
	" LEFT JOIN users u ON u.id = r.actor_id;" \
	"CREATE VIEW local_facts AS SELECT" \
	" id, name, owner, repository, event_id, state, exit_code, signal, reason, node," \
	" created_ms, started_ms, finished_ms, coalesce(started_ms, created_ms) AS at_ms," \
	" max(0, finished_ms - started_ms) AS run_ms," \
	" max(0, started_ms - created_ms) AS queue_ms" \
	" FROM local_jobs;"
/* clang-format on */

static const char *const migrations[] = { WORKFLOW_RUNS, LOCAL_JOBS, STATISTICS };

static const struct db_schema schema = { migrations,
					 sizeof(migrations) / sizeof(migrations[0]) };

int stats_open(struct db *db, const struct layout *layout, struct error *err)
{
	auto_free char *path = path_join(layout->state, "ghstats.db");

	if (file_make_dirs(layout->state, 0700, err) < 0)
		return -1;
	return db_open(db, path, &schema, err);
}

int stats_open_read(struct db *db, const struct layout *layout, struct error *err)
{
	auto_free char *path = path_join(layout->state, "ghstats.db");

	return db_open_read(db, path, &schema, err);
}
