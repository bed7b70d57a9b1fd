#ifndef LIB_JAIL_PATHS_H
#define LIB_JAIL_PATHS_H

struct error;
struct jail;
struct job_plan;
struct layout;

/* Which paths a jail shows in another way than they are, the shortest first, so that what is
 * mounted inside another comes after it. */
int jail_paths_find(struct jail *jail, const struct job_plan *plan,
		    const struct layout *layout, struct error *err);
void jail_paths_free(struct jail *jail);

#endif
