#ifndef LIB_JAIL_SPACE_H
#define LIB_JAIL_SPACE_H

struct cgroup;
struct error;
struct jail;
struct process;

/* Make new namespaces and, in them, a first process: as jail_fork. */
int jail_space_make(struct process *process, const struct jail *jail, struct error *err);

/* A process in the namespaces in which jail->init lives: as jail_fork. */
int jail_space_join(struct process *process, const struct jail *jail,
		    const struct cgroup *cgroup, struct error *err);

#endif
