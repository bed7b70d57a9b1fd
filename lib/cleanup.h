#ifndef LIB_CLEANUP_H
#define LIB_CLEANUP_H

#include <dirent.h>
#include <stdio.h>

/*
 * Cleanup attributes for what libc hands out.  Declare the local with its empty
 * value: `auto_close int fd = -1; auto_free char *text = NULL;`.
 */
#define auto_free __attribute__((cleanup(cleanup_free)))
#define auto_close __attribute__((cleanup(cleanup_close)))
#define auto_fclose __attribute__((cleanup(cleanup_fclose)))
#define auto_closedir __attribute__((cleanup(cleanup_closedir)))

/* Each takes the address of the owner, accepts the empty value, keeps errno. */
void cleanup_free(void *pointer);
void cleanup_close(const int *fd);
void cleanup_fclose(FILE *const *file);
void cleanup_closedir(DIR *const *dir);

/* Give the value and leave the owner empty: hands a descriptor over. */
int steal_fd(int *fd);

#endif
