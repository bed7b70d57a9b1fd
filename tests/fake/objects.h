#ifndef TESTS_FAKE_OBJECTS_H
#define TESTS_FAKE_OBJECTS_H

#include "lib/json_write.h"

struct visit;

/* The objects that GitHub puts into its answers, whole, as its OpenAPI description has them. */
#define OBJECT_DATE "2026-01-01T00:00:00Z"

void object_write_account(struct json_writer *writer, const char *key, const char *login);
void object_write_enterprise(struct json_writer *writer, const char *key,
			     const char *slug);
void object_write_permissions(struct json_writer *writer);

/* The members of somebody who asks about themselves. */
void object_write_person(struct json_writer *writer, const char *login);

/* One of an array; name is "owner/name". */
void object_write_repository(struct json_writer *writer, const struct visit *visit,
			     const char *name);

/* An address at the fake itself; the caller frees it. */
char *object_url(const struct visit *visit, const char *path);
void object_write_url(struct json_writer *writer, const char *key,
		      const struct visit *visit, const char *path);

#endif
