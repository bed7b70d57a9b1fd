#include "bin/hookroute-plugin/unpack.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/path.h"
#include "lib/process.h"
#include "lib/sealed.h"
#include "lib/str.h"

enum { LIST_LIMIT = 65536, ENTRIES_MAX = 256, NAME_MAX_LEN = 200, TIMEOUT_MS = 60000 };

/* What the archive holds, and the file in it that we want. */
struct contents {
	char *names[ENTRIES_MAX];
	size_t count;
	size_t files;
	size_t programs;
	const char *file; /* the last one, of names */
	const char *program;
};

#define auto_contents __attribute__((cleanup(free_contents)))

static void free_contents(struct contents *contents)
{
	size_t i;

	for (i = 0; i < contents->count; i++)
		free(contents->names[i]);
	contents->count = 0;
}

/* "a/b/c" of safe names; "./" may stand in front, and a slash behind. */
static bool is_safe_path(const char *path)
{
	auto_free char *copy = str_dup(path);
	const char *rest = copy + (str_starts(copy, "./") ? 2 : 0);
	size_t len = strlen(copy);

	if (len > 0 && copy[len - 1] == '/')
		copy[len - 1] = '\0';
	/* The archive's own folder. */
	if (!*rest || str_equal(copy, "."))
		return true;
	while (rest) {
		struct str_view part = str_split(&rest, '/');
		auto_free char *name = str_format("%.*s", (int)part.len, part.data);

		if (!path_is_safe_name(name) || name[0] == '-')
			return false;
	}
	return true;
}

static int add_entry(struct contents *contents, const char *mode, const char *name,
		     struct error *err)
{
	size_t i;

	if (contents->count == ENTRIES_MAX)
		return error_set(err, ERROR_DATA, "it has more than %d entries",
				 ENTRIES_MAX);
	/* zip may leave out what kind a file is. */
	if (!strchr("-?d", mode[0]))
		return error_set(err, ERROR_DATA, "'%.200s' in it is no regular file",
				 name);
	if (strlen(name) > NAME_MAX_LEN || !is_safe_path(name))
		return error_set(err, ERROR_DATA, "it has an entry '%.200s'", name);
	for (i = 0; i < contents->count; i++) {
		if (str_equal(contents->names[i], name))
			return error_set(err, ERROR_DATA, "it has '%s' twice", name);
	}
	contents->names[contents->count++] = str_dup(name);
	if (mode[0] == 'd' || str_ends(name, "/"))
		return 0;
	contents->file = contents->names[contents->count - 1];
	contents->files++;
	if (strchr(mode, 'x')) {
		contents->program = contents->file;
		contents->programs++;
	}
	return 0;
}

/* A line of the listing: the mode, so many words, and the name. */
static int take_line(struct contents *contents, char *line, int words, struct error *err)
{
	char *mode = line;
	char *rest = line;
	int i;

	for (i = 0; i <= words; i++) {
		rest += strspn(rest, " ");
		if (i < words)
			rest += strcspn(rest, " ");
		if (i == 0 && *rest)
			*rest++ = '\0';
	}
	if (!*rest)
		return error_set(err, ERROR_DATA,
				 "its list of contents is not understood");
	return add_entry(contents, mode, rest, err);
}

static int take_list(struct contents *contents, const struct buf *list, int words,
		     struct error *err)
{
	const char *rest = buf_str(list);

	while (rest) {
		struct str_view view = str_split(&rest, '\n');
		auto_free char *line = str_format("%.*s", (int)view.len, view.data);

		if (*line && take_line(contents, line, words, err) < 0)
			return -1;
	}
	return 0;
}

static int run(struct buf *out, const char *const *argv, size_t limit, struct error *err)
{
	const struct process_call call = { .argv = argv,
					   .limit = limit,
					   .timeout_ms = TIMEOUT_MS };

	if (process_capture(out, &call, err) == 0)
		return 0;
	/* Its status says nothing that would help our caller, but that it is not there. */
	if (err->kind == ERROR_CONFIG)
		return error_wrap(err, "to read it");
	if (err->kind != ERROR_TEMPORARY)
		err->kind = ERROR_DATA;
	return -1;
}

static int list(struct contents *contents, const char *archive, enum unpack_kind kind,
		struct error *err)
{
	const char *const tar[] = { "tar",
				    "--list",
				    "--verbose",
				    "--numeric-owner",
				    "--quoting-style=escape",
				    "--force-local",
				    "--file",
				    archive,
				    NULL };
	const char *const zip[] = { "unzip", "-Z", "-s", archive, "*", NULL };
	auto_buf struct buf text = BUF_EMPTY;

	if (run(&text, kind == UNPACK_ZIP ? zip : tar, LIST_LIMIT, err) < 0)
		return -1;
	return take_list(contents, &text, kind == UNPACK_ZIP ? 8 : 5, err);
}

static int choose(const char **name, const struct contents *contents, struct error *err)
{
	if (contents->programs == 1)
		*name = contents->program;
	else if (contents->files == 1)
		*name = contents->file;
	else
		return error_set(err, ERROR_DATA,
				 "one executable is wanted in it, and it has %zu",
				 contents->programs);
	return 0;
}

static int take_out(struct sealed *program, const char *archive, enum unpack_kind kind,
		    const char *name, struct error *err)
{
	const char *const tar[] = { "tar",
				    "--extract",
				    "--to-stdout",
				    "--force-local",
				    "--no-wildcards",
				    "--file",
				    archive,
				    "--",
				    name,
				    NULL };
	const char *const zip[] = { "unzip", "-p", archive, name, NULL };
	auto_buf struct buf bytes = BUF_EMPTY;
	auto_close int memory = -1;

	if (run(&bytes, kind == UNPACK_ZIP ? zip : tar, SEALED_LIMIT, err) < 0)
		return -1;
	memory = memfd_create("unpacked", MFD_CLOEXEC);
	if (memory < 0)
		return error_errno(err, "make memory for '%s'", name);
	if (file_write(memory, bytes.data, bytes.len, name, err) < 0)
		return -1;
	if (lseek(memory, 0, SEEK_SET) < 0)
		return error_errno(err, "rewind '%s'", name);
	return sealed_take(program, memory, name, err);
}

int unpack(struct sealed *program, const struct sealed *archive, enum unpack_kind kind,
	   struct error *err)
{
	auto_contents struct contents contents = { .count = 0 };
	/* A child finds our sealed bytes there, and nobody can change them in between. */
	auto_free char *path = str_format("/proc/%d/fd/%d", (int)getpid(), archive->fd);
	const char *name = NULL;

	if (list(&contents, path, kind, err) < 0 || choose(&name, &contents, err) < 0)
		return -1;
	return take_out(program, path, kind, name, err);
}
