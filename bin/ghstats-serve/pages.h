#ifndef BIN_GHSTATS_SERVE_PAGES_H
#define BIN_GHSTATS_SERVE_PAGES_H

struct buf;
struct db;
struct error;
struct page;
struct parameters;

/* Writes the JSON of a page; ERROR_USAGE with given->field, ERROR_ABSENT for 404. */
typedef int page_maker(struct buf *out, struct parameters *given, const struct page *page,
		       struct db *db, struct error *err);

struct page {
	const char *path;
	const char *list; /* the name of its list; NULL when it is none */
	page_maker *make;
};

page_maker page_list, page_report, page_workflow, page_health;

#endif
