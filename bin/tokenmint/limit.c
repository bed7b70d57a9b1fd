#include "bin/tokenmint/limit.h"

#include <fcntl.h>
#include <inttypes.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/layout.h"
#include "lib/log.h"

#define FOLDER "limits"
#define FILE_LIMIT 1024
#define WAIT_MAX_S 86400

static char *path_of(const struct app *app, const struct layout *layout)
{
	return str_format("%s/" FOLDER "/%s", layout->state, app->name);
}

/* "<limited at, ms> <until, ms> <GitHub's words>"; what cannot be read is no limit. */
static bool read_times(uint64_t times[2], const char **words)
{
	struct error ignored = { 0 };

	for (int i = 0; i < 2; i++) {
		struct str_view word = { NULL, 0 };
		auto_free char *digits = NULL;

		if (!*words)
			return false;
		word = str_split(words, ' ');
		digits = str_format("%.*s", (int)word.len, word.data);
		if (str_to_u64(&times[i], digits, 0, INT64_MAX, &ignored) < 0)
			return false;
	}
	return *words != NULL;
}

int limit_check(const struct app *app, const struct layout *layout, struct error *err)
{
	auto_free char *path = path_of(app, layout);
	auto_buf struct buf text = BUF_EMPTY;
	uint64_t now_ms = (uint64_t)date_now_ms();
	uint64_t times[2] = { 0, 0 };
	const char *words = NULL;
	bool found = false;

	if (file_read_if(&text, &found, AT_FDCWD, path, FILE_LIMIT, err) < 0)
		return -1;
	words = buf_str(&text);
	if (!found || !read_times(times, &words) ||
	    times[0] < (uint64_t)app->secret.stored_ms || times[1] <= now_ms ||
	    times[1] > now_ms + WAIT_MAX_S * (uint64_t)1000)
		return 0;
	return error_set(err, ERROR_TEMPORARY,
			 "app '%s' is limited, and GitHub not asked for %" PRIu64
			 " s yet: %.*s",
			 app->name, (times[1] - now_ms) / 1000 + 1,
			 (int)strcspn(words, "\n"), words);
}

void limit_set(const struct app *app, const struct layout *layout, uint64_t wait_s,
	       const struct error *err)
{
	auto_free char *folder = str_format("%s/" FOLDER, layout->state);
	auto_free char *path = path_of(app, layout);
	auto_buf struct buf text = BUF_EMPTY;
	uint64_t now_ms = (uint64_t)date_now_ms();
	uint64_t until_ms =
		now_ms + (wait_s < WAIT_MAX_S ? wait_s : WAIT_MAX_S) * (uint64_t)1000;
	struct error problem = { 0 };

	buf_add_format(&text, "%" PRIu64 " %" PRIu64 " %.300s\n", now_ms, until_ms,
		       err->message);
	if (file_make_dirs(folder, 0700, &problem) < 0 ||
	    file_replace(AT_FDCWD, path, text.data, text.len, 0600, &problem) < 0)
		log_warning("%s, ignoring: other processes do not know of the limit",
			    problem.message);
}
