#include "lib/pipeline_log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/pipeline_store.h"

enum { STATE_LIMIT = 65536, LOG_LIMIT = 256 * 1024 * 1024 };

static const char log_name[] = "deployments";

int pipeline_state_read(struct pipeline_state *state,
			const struct pipeline_folder *folder, struct error *err)
{
	auto_buf struct buf text = BUF_EMPTY;
	bool found = false;

	*state = (struct pipeline_state){ 0 };
	if (file_read_if(&text, &found, folder->fd, "current", STATE_LIMIT, err) < 0)
		return -1;
	if (found && pipeline_state_parse(state, (struct str_view){ text.data, text.len },
					  err) < 0)
		return error_wrap(err, "pipeline '%s': current", folder->name);
	return 0;
}

/* A last line without its end was cut off by a crash, and is none. */
static size_t whole_lines(const struct buf *text)
{
	size_t len = text->len;

	while (len && text->data[len - 1] != '\n')
		len--;
	return len;
}

static int parse_log(struct pipeline_deployments *list, const struct buf *text,
		     const char *name, struct error *err)
{
	auto_buf struct buf items = BUF_EMPTY;
	const char *line = buf_str(text);
	const char *end = line + whole_lines(text);

	while (line < end) {
		struct pipeline_deployment one = { 0 };
		size_t len = strcspn(line, "\n");

		if (pipeline_deployment_parse(&one, (struct str_view){ line, len }, err) <
		    0)
			return error_wrap(err, "pipeline '%s': %s", name, log_name);
		buf_add(&items, &one, sizeof(one));
		line += len + 1;
	}
	list->count = items.len / sizeof(*list->items);
	list->items = (struct pipeline_deployment *)(void *)buf_take(&items);
	return 0;
}

static bool has(const struct pipeline_deployments *list,
		const struct pipeline_deployment *one)
{
	return list->count && list->items[list->count - 1].number >= one->number;
}

/* Add it unless it is there. */
static int append(const struct pipeline_folder *folder,
		  const struct pipeline_deployment *one, struct error *err)
{
	auto_pipeline_deployments struct pipeline_deployments list =
		PIPELINE_DEPLOYMENTS_EMPTY;
	auto_close int fd =
		openat(folder->fd, log_name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	auto_buf struct buf text = BUF_EMPTY;
	auto_buf struct buf line = BUF_EMPTY;
	size_t len;

	if (fd < 0)
		return error_errno(err, "open '%s'", log_name);
	if (file_read_fd(&text, fd, LOG_LIMIT, err) < 0 ||
	    parse_log(&list, &text, folder->name, err) < 0)
		return -1;
	if (!one->number || has(&list, one))
		return 0;
	len = whole_lines(&text);
	if (ftruncate(fd, (off_t)len) < 0 || lseek(fd, (off_t)len, SEEK_SET) < 0)
		return error_errno(err, "cut '%s'", log_name);
	pipeline_deployment_dump(&line, one);
	buf_add_char(&line, '\n');
	if (file_write(fd, line.data, line.len, log_name, err) < 0)
		return -1;
	return fsync(fd) == 0 ? 0 : error_errno(err, "sync '%s'", log_name);
}

int pipeline_state_write(const struct pipeline_folder *folder,
			 const struct pipeline_state *state, struct error *err)
{
	struct pipeline_state before = { 0 };
	auto_buf struct buf text = BUF_EMPTY;

	pipeline_folder_tidy(folder);
	/* The line of the last one, if a crash came between. */
	if (pipeline_state_read(&before, folder, err) < 0 ||
	    append(folder, &before.last, err) < 0)
		return -1;
	pipeline_state_dump(&text, state);
	buf_add_char(&text, '\n');
	if (file_replace(folder->fd, "current", text.data, text.len, 0600, err) < 0)
		return -1;
	return append(folder, &state->last, err);
}

int pipeline_deployments_read(struct pipeline_deployments *list,
			      const struct pipeline_folder *folder, struct error *err)
{
	struct pipeline_state state = { 0 };
	auto_buf struct buf text = BUF_EMPTY;
	bool found = false;

	if (pipeline_state_read(&state, folder, err) < 0 ||
	    file_read_if(&text, &found, folder->fd, log_name, LOG_LIMIT, err) < 0)
		return -1;
	if (state.last.number) {
		buf_cut(&text, whole_lines(&text));
		if (parse_log(list, &text, folder->name, err) < 0)
			return -1;
		if (has(list, &state.last))
			return 0;
		pipeline_deployments_free(list);
		pipeline_deployment_dump(&text, &state.last);
		buf_add_char(&text, '\n');
	}
	return parse_log(list, &text, folder->name, err);
}

void pipeline_deployments_free(struct pipeline_deployments *list)
{
	free(list->items);
	*list = (struct pipeline_deployments)PIPELINE_DEPLOYMENTS_EMPTY;
}
