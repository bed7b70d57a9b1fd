#include "bin/hookroute/faults.h"

#include <stdlib.h>

#include "lib/buf.h"
#include "lib/error.h"
#include "lib/str.h"

enum { CLAUSE_MAX = 120 };

/* The nth line without the white space around it; NULL when nothing is in it. */
static char *cut_line(const char *text, unsigned number)
{
	const char *rest = text;
	struct str_view line = { "", 0 };
	unsigned i;

	for (i = 0; i < number && rest; i++)
		line = str_split(&rest, '\n');
	while (line.len && (*line.data == ' ' || *line.data == '\t')) {
		line.data++;
		line.len--;
	}
	if (i < number || !line.len)
		return NULL;
	if (line.len > CLAUSE_MAX)
		return str_format("%.*s...", (int)CLAUSE_MAX, line.data);
	return str_format("%.*s", (int)line.len, line.data);
}

void faults_add(struct faults *faults, const char *file, unsigned line, const char *what,
		const char *text)
{
	struct fault *grown =
		realloc(faults->list, (faults->count + 1) * sizeof(*faults->list));

	if (!grown)
		abort();
	faults->list = grown;
	grown[faults->count++] = (struct fault){
		.file = str_dup(file),
		.line = line,
		.what = str_dup(what),
		.clause = text && line ? cut_line(text, line) : NULL,
	};
}

void faults_free(struct faults *faults)
{
	size_t i;

	for (i = 0; i < faults->count; i++) {
		free(faults->list[i].file);
		free(faults->list[i].what);
		free(faults->list[i].clause);
	}
	free(faults->list);
	*faults = (struct faults)FAULTS_EMPTY;
}

void fault_write(struct buf *out, const struct fault *fault)
{
	buf_add_str(out, fault->file);
	if (fault->line)
		buf_add_format(out, ":%u", fault->line);
	buf_add_format(out, ": %s", fault->what);
	if (fault->clause)
		buf_add_format(out, ": %s", fault->clause);
}

int faults_error(const struct faults *faults, struct error *err)
{
	auto_buf struct buf text = BUF_EMPTY;

	fault_write(&text, &faults->list[0]);
	if (faults->count > 1)
		buf_add_format(&text, " (and %zu more: hookroute check shows them)",
			       faults->count - 1);
	return error_set(err, ERROR_CONFIG, "%s", buf_str(&text));
}
