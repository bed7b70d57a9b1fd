#include "bin/runjob/tar.h"

#include <stdio.h>
#include <string.h>

#include "lib/error.h"
#include "lib/file.h"

enum { BLOCK = 512, NAME_MAX_LEN = 100, PREFIX_MAX_LEN = 155 };

struct header {
	char name[NAME_MAX_LEN];
	char mode[8];
	char uid[8];
	char gid[8];
	char size[12];
	char mtime[12];
	char sum[8];
	char type;
	char link[100];
	char magic[6];
	char version[2];
	char owner[32];
	char group[32];
	char device[16];
	char prefix[PREFIX_MAX_LEN]; /* the folders of a name that is too long */
	char rest[12];
};

_Static_assert(sizeof(struct header) == BLOCK, "a header is a block");

/* With a NUL behind it, as all fields but the sum have it. */
static void put_octal(char *field, size_t size, uint64_t number)
{
	char text[32];

	snprintf(text, sizeof(text), "%0*llo", (int)size - 1, (unsigned long long)number);
	memcpy(field, text, size);
}

/* A long name is split at a slash. */
static int put_name(struct header *header, const char *name)
{
	size_t len = strlen(name);
	const char *slash;

	if (len <= NAME_MAX_LEN) {
		memcpy(header->name, name, len);
		return 0;
	}
	slash = strchr(name + len - NAME_MAX_LEN - 1, '/');
	if (!slash || slash - name > PREFIX_MAX_LEN)
		return -1;
	memcpy(header->prefix, name, (size_t)(slash - name));
	memcpy(header->name, slash + 1, strlen(slash + 1));
	return 0;
}

static void fill(struct header *header, uint64_t size, int64_t unix_s)
{
	const unsigned char *bytes = (const unsigned char *)header;
	unsigned sum = 0;
	size_t i;

	put_octal(header->mode, sizeof(header->mode), 0600);
	put_octal(header->uid, sizeof(header->uid), 0);
	put_octal(header->gid, sizeof(header->gid), 0);
	put_octal(header->size, sizeof(header->size), size);
	put_octal(header->mtime, sizeof(header->mtime), (uint64_t)unix_s);
	header->type = '0';
	memcpy(header->magic, "ustar", sizeof(header->magic));
	memset(header->version, '0', sizeof(header->version));
	/* The sum is made with blanks in its own place. */
	memset(header->sum, ' ', sizeof(header->sum));
	for (i = 0; i < sizeof(*header); i++)
		sum += bytes[i];
	put_octal(header->sum, sizeof(header->sum) - 1, sum);
}

int tar_add(const struct tar *tar, const char *name, struct str_view bytes,
	    struct error *err)
{
	static const char zeros[BLOCK];
	struct header header = { .name = "" };
	size_t padding = (BLOCK - bytes.len % BLOCK) % BLOCK;

	if (put_name(&header, name) < 0)
		return error_set(err, ERROR_BUG, "'%s' is too long for an archive", name);
	fill(&header, bytes.len, tar->unix_s);
	if (file_write(tar->fd, &header, sizeof(header), "the bundle", err) < 0 ||
	    (bytes.len &&
	     file_write(tar->fd, bytes.data, bytes.len, "the bundle", err) < 0))
		return -1;
	return file_write(tar->fd, zeros, padding, "the bundle", err);
}

int tar_end(const struct tar *tar, struct error *err)
{
	const char zeros[2 * BLOCK] = { 0 };

	return file_write(tar->fd, zeros, sizeof(zeros), "the bundle", err);
}
