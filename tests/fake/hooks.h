#ifndef TESTS_FAKE_HOOKS_H
#define TESTS_FAKE_HOOKS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/json.h"

struct buf;
struct fake;
struct visit;

/* The hooks that were made at the fake forge, as they are kept; tests/fake/fake.h has the routes. */
#define APP_HOOK "999" /* the one that the App itself has */
enum { HOOKS_MAX = 100, APP_HOOK_NUMBER = 999 };

/* *hook stays as it is when there is none. */
void hook_load(jv *hook, const struct fake *fake, const char *id);

/* A member that is text, or ""; the caller frees it. */
char *hook_text(jv hook, const char *key);

/* The hook of the path, if its caller may see it; else visit->refused. */
bool hook_visited(jv *hook, struct visit *visit, struct buf *out);

/* Note a delivery and send it, unless status says what came of it. */
void delivery_make(struct visit *visit, const char *hook, const char *event,
		   const char *payload, unsigned status);

#endif
