#ifndef LIB_CGROUP_FILE_H
#define LIB_CGROUP_FILE_H

#include <stdint.h>

struct buf;

/* The files of a cgroup, of either version; dir_fd is the group's folder. */

/* One write(2), as the kernel wants each value; -1 leaves errno. */
int cgroup_put(int dir_fd, const char *name, const char *value);
int cgroup_put_u64(int dir_fd, const char *name, uint64_t value);

/* Append the whole file; one that cannot be read is empty. */
void cgroup_take(struct buf *text, int dir_fd, const char *name);

/* The number behind "<key> " at a line's beginning; with key "" the first number.  0 when there
 * is none. */
uint64_t cgroup_number(int dir_fd, const char *name, const char *key);
uint64_t cgroup_number_in(const struct buf *text, const char *key);

/* The sum of all numbers behind the key: io.stat has one for each disk. */
uint64_t cgroup_sum_in(const struct buf *text, const char *key);

/* Of a file as cpu.pressure: microseconds in which something had to wait. */
uint64_t cgroup_pressure(int dir_fd, const char *name);

#endif
