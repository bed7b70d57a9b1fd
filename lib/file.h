#ifndef LIB_FILE_H
#define LIB_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct buf;
struct error;

/* dir_fd everywhere: a folder's descriptor or AT_FDCWD.  Descriptors are close-on-exec. */

/* Append the file's bytes to out; more than limit bytes is ERROR_DATA. */
int file_read(struct buf *out, int dir_fd, const char *path, size_t limit,
	      struct error *err);

/* The same from an open descriptor, to its end. */
int file_read_fd(struct buf *out, int fd, size_t limit, struct error *err);

/* As file_read, but a missing file is *found = false and no failure. */
int file_read_if(struct buf *out, bool *found, int dir_fd, const char *path, size_t limit,
		 struct error *err);

/*
 * Put the bytes in place whole: a temporary name beside it, fsync, rename, fsync
 * of the folder.  A reader sees the old file or the new one, also after a crash.
 */
int file_replace(int dir_fd, const char *path, const void *bytes, size_t len, mode_t mode,
		 struct error *err);

/* All bytes, over short writes and EINTR.  what names the thing in the error. */
int file_write(int fd, const void *bytes, size_t len, const char *what,
	       struct error *err);

/* Open a folder for openat and friends. */
int file_open_dir(int *fd, int dir_fd, const char *path, struct error *err);

/* Make a folder and its parents (mode 0700 & ~umask for parents as well); one that is
 * there already is fine. */
int file_make_dirs(const char *path, mode_t mode, struct error *err);

/* fsync a folder, so that names in it last. */
int file_sync_dir(int fd, const char *what, struct error *err);

/* Take a flock on the file (made if missing, 0600) and give its descriptor; closing it
 * unlocks.  Waits. */
int file_lock(int *fd, int dir_fd, const char *path, struct error *err);

#endif
