#include "lib/spool.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/error.h"
#include "lib/file.h"
#include "tests/lib/check.h"

static const char *const id = "0195f3c2-7d1e-7abc-8def-0123456789ab";

static void opened(struct spool *spool)
{
	struct error err = { 0 };

	CHECK(chdir(getenv("BATS_TEST_TMPDIR")) == 0);
	CHECK(spool_open(spool, "state/a/spool", &err) == 0);
}

static bool is_in(const struct spool *spool, enum spool_state state)
{
	return faccessat(spool->dir[state], id, F_OK, 0) == 0;
}

static void open_makes_the_folders(void)
{
	auto_spool struct spool spool = SPOOL_NONE;
	struct stat st = { 0 };
	int i;

	opened(&spool);
	for (i = 0; i < SPOOL_STATES; i++)
		CHECK(fstat(spool.dir[i], &st) == 0 && (st.st_mode & 0777) == 0700);
	CHECK_STR(spool_state_name(SPOOL_DEFER), "defer");
}

static void put_is_seen_whole_in_new(void)
{
	auto_spool struct spool spool = SPOOL_NONE;
	auto_buf struct buf text = BUF_EMPTY;
	struct error err = { 0 };

	opened(&spool);
	CHECK(spool_put(&spool, id, "{}\n", 3, &err) == 0);
	CHECK(!is_in(&spool, SPOOL_TMP));
	CHECK(file_read(&text, spool.dir[SPOOL_NEW], id, 99, &err) == 0);
	CHECK_STR(buf_str(&text), "{}\n");
}

static void what_is_not_published_leaves_nothing(void)
{
	auto_spool struct spool spool = SPOOL_NONE;
	struct error err = { 0 };

	opened(&spool);
	{
		auto_spool_file struct spool_file file = SPOOL_FILE_NONE;

		CHECK(spool_file_create(&file, &spool, id, &err) == 0);
		CHECK(is_in(&spool, SPOOL_TMP) && !is_in(&spool, SPOOL_NEW));
	}
	CHECK(!is_in(&spool, SPOOL_TMP) && !is_in(&spool, SPOOL_NEW));
}

static void the_same_id_is_not_written_twice_at_once(void)
{
	auto_spool struct spool spool = SPOOL_NONE;
	auto_spool_file struct spool_file first = SPOOL_FILE_NONE;
	auto_spool_file struct spool_file second = SPOOL_FILE_NONE;
	struct error err = { 0 };

	opened(&spool);
	CHECK(spool_file_create(&first, &spool, id, &err) == 0);
	CHECK(spool_file_create(&second, &spool, id, &err) == -1);
	spool_file_drop(&second);
	CHECK(is_in(&spool, SPOOL_TMP));
	CHECK(spool_file_publish(&first, &err) == 0 && is_in(&spool, SPOOL_NEW));
}

static void move_is_a_rename(void)
{
	auto_spool struct spool spool = SPOOL_NONE;
	struct error err = { 0 };

	opened(&spool);
	CHECK(spool_put(&spool, id, "{}\n", 3, &err) == 0);
	CHECK(spool_move(&spool, id, SPOOL_NEW, SPOOL_CUR, &err) == 0);
	CHECK(!is_in(&spool, SPOOL_NEW) && is_in(&spool, SPOOL_CUR));
	CHECK(spool_move(&spool, id, SPOOL_NEW, SPOOL_CUR, &err) == -1);
	CHECK(err.kind == ERROR_ABSENT);
}

static const struct check_case cases[] = {
	{ "open_makes_the_folders", open_makes_the_folders },
	{ "put_is_seen_whole_in_new", put_is_seen_whole_in_new },
	{ "what_is_not_published_leaves_nothing", what_is_not_published_leaves_nothing },
	{ "the_same_id_is_not_written_twice_at_once",
	  the_same_id_is_not_written_twice_at_once },
	{ "move_is_a_rename", move_is_a_rename },
};

CHECK_MAIN(cases)
