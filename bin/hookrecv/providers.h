#ifndef BIN_HOOKRECV_PROVIDERS_H
#define BIN_HOOKRECV_PROVIDERS_H

#include "bin/hookrecv/provider.h"

struct buf;
struct error;
struct layout;
struct provider_file;

/*
 * All providers: those of the table, and those that <conf>/providers.d/NAME.json describes,
 * read when they are asked for and kept, since requests hold on to them.
 */
struct providers {
	char *dir;
	struct provider_file *files;
};

#define PROVIDERS_NONE                                                                   \
	{                                                                                \
		NULL, NULL                                                               \
	}
#define auto_providers __attribute__((cleanup(providers_close)))

void providers_open(struct providers *providers, const struct layout *layout);
void providers_close(struct providers *providers);

/* Valid until close.  A name that nobody has is ERROR_USAGE, a file that cannot be used
 * ERROR_CONFIG. */
int providers_find(const struct provider **provider, struct providers *providers,
		   const char *name, struct error *err);

/* Append the names of all files, sorted, each with a line break. */
int providers_list(struct buf *names, const struct providers *providers,
		   struct error *err);

#endif
