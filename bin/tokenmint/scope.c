#include "bin/tokenmint/scope.h"

#include <stdlib.h>
#include <string.h>

#include "bin/tokenmint/options.h"
#include "lib/cleanup.h"
#include "lib/crypto.h"
#include "lib/hex.h"
#include "lib/json_write.h"

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The texts sorted, each once; returns how many. */
static size_t sort_once(const char **sorted, const char *const *texts, size_t count)
{
	size_t kept = 0;

	memcpy(sorted, texts, count * sizeof *texts);
	qsort(sorted, count, sizeof *sorted, compare);
	for (size_t i = 0; i < count; i++)
		if (kept == 0 || strcmp(sorted[kept - 1], sorted[i]) != 0)
			sorted[kept++] = sorted[i];
	return kept;
}

static void write_repositories(struct json_writer *writer, const struct options *options)
{
	const char *sorted[OPTIONS_SCOPE] = { NULL };
	size_t count =
		sort_once(sorted, options->repositories, options->repository_count);

	if (count == 0)
		return;
	json_write_array(writer, "repositories");
	for (size_t i = 0; i < count; i++)
		json_write_string(writer, NULL, sorted[i]);
	json_write_array_end(writer);
}

static void write_permissions(struct json_writer *writer, const struct options *options)
{
	const char *sorted[OPTIONS_SCOPE] = { NULL };
	size_t count = sort_once(sorted, options->permissions, options->permission_count);

	if (count == 0)
		return;
	json_write_object(writer, "permissions");
	for (size_t i = 0; i < count; i++) {
		const char *sign = strchr(sorted[i], '=');
		auto_free char *name =
			str_format("%.*s", (int)(sign - sorted[i]), sorted[i]);

		json_write_string(writer, name, sign + 1);
	}
	json_write_object_end(writer);
}

void scope_name(struct scope *scope)
{
	uint8_t digest[CRYPTO_SHA256_LEN] = { 0 };

	crypto_sha256(digest, scope->body.data, scope->body.len);
	scope->suffix[0] = '.';
	hex_encode(scope->suffix + 1, digest, 8);
}

void scope_make(struct scope *scope, const struct options *options)
{
	struct json_writer writer = JSON_WRITER(&scope->body);

	if (options->repository_count == 0 && options->permission_count == 0)
		return;
	json_write_object(&writer, NULL);
	write_repositories(&writer, options);
	write_permissions(&writer, options);
	json_write_object_end(&writer);
	scope_name(scope);
}

void scope_free(struct scope *scope)
{
	buf_free(&scope->body);
	scope->suffix[0] = '\0';
}
