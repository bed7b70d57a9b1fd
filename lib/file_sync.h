#ifndef LIB_FILE_SYNC_H
#define LIB_FILE_SYNC_H

#include <stdbool.h>
#include <stddef.h>

struct error;

/*
 * Many files made durable at once.  One fsync(2) after the other lets the disk empty its cache
 * for each of them; asked together (io_submit(2)), once for all.  Where the kernel does not
 * do that they are synced one after the other.
 */
enum { FILE_SYNC_MAX = 128 };

struct file_sync {
	unsigned long context; /* of the kernel, 0 before it is needed */
	bool is_refused;       /* there is none to be had */
};

#define FILE_SYNC_NONE                                                                   \
	{                                                                                \
		0, false                                                                 \
	}

/* fsync up to FILE_SYNC_MAX descriptors; the first failure is the answer, all are tried. */
int file_sync_all(struct file_sync *sync, const int *fds, size_t count,
		  struct error *err);
void file_sync_close(struct file_sync *sync);

#endif
