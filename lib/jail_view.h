#ifndef LIB_JAIL_VIEW_H
#define LIB_JAIL_VIEW_H

struct error;
struct jail;

/* What the namespaces of a jail show: called once, by their init, inside of them.  Parts that are
 * missing and may be go into jail->lacks. */
int jail_view_make(struct jail *jail, struct error *err);

#endif
