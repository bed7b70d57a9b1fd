#ifndef BIN_HOOKRECV_PROVIDER_FILE_H
#define BIN_HOOKRECV_PROVIDER_FILE_H

#include "bin/hookrecv/provider.h"

struct error;

/* A provider that a file of hookprovider(5) describes.  The texts are in ->text. */
struct provider_file {
	struct provider provider;
	char *name;
	char *text;
	struct provider_file *next; /* for who keeps several */
};

#define PROVIDER_FILE_EMPTY                                                              \
	{                                                                                \
		{ 0 }, NULL, NULL, NULL                                                  \
	}
#define auto_provider_file __attribute__((cleanup(provider_file_free)))

/* Take the file's text apart; ERROR_CONFIG tells what is wrong with which member. */
int provider_file_parse(struct provider_file *file, const char *name, const char *text,
			struct error *err);
void provider_file_free(struct provider_file *file);

#endif
