#include "lib/base64.h"

#include "lib/buf.h"
#include "tests/lib/check.h"

/* RFC 4648 section 10. */
static const struct {
	const char *plain;
	const char *coded;
} vectors[] = {
	{ "", "" },
	{ "f", "Zg==" },
	{ "fo", "Zm8=" },
	{ "foo", "Zm9v" },
	{ "foob", "Zm9vYg==" },
	{ "fooba", "Zm9vYmE=" },
	{ "foobar", "Zm9vYmFy" },
};

static void published_vectors(void)
{
	size_t i;

	for (i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		auto_buf struct buf coded = BUF_EMPTY;
		auto_buf struct buf plain = BUF_EMPTY;

		base64_encode(&coded, vectors[i].plain, strlen(vectors[i].plain));
		CHECK_STR(buf_str(&coded), vectors[i].coded);
		CHECK(base64_decode(&plain, coded.data ? coded.data : "", coded.len));
		CHECK_STR(buf_str(&plain), vectors[i].plain);
	}
}

static void url_alphabet_has_no_padding(void)
{
	auto_buf struct buf coded = BUF_EMPTY;
	auto_buf struct buf plain = BUF_EMPTY;

	base64url_encode(&coded, "\xfb\xff\xfe\x01", 4);
	CHECK_STR(buf_str(&coded), "-__-AQ");
	CHECK(base64url_decode(&plain, coded.data, coded.len));
	CHECK(plain.len == 4 && memcmp(plain.data, "\xfb\xff\xfe\x01", 4) == 0);
}

static void lenient_forms_are_refused(void)
{
	static const char *const bad[] = { "Zg=",    "Zg",   "Zg===",	 "Zh==", "Zm9=",
					   "Zg==\n", "Z g=", "Zm9v====", "-_8=", "====" };
	auto_buf struct buf plain = BUF_EMPTY;
	size_t i;

	buf_add_str(&plain, "kept");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK(!base64_decode(&plain, bad[i], strlen(bad[i])));
	CHECK(!base64url_decode(&plain, "Zg==", 4) && !base64url_decode(&plain, "Zh", 2));
	CHECK(!base64url_decode(&plain, "Z", 1) && !base64url_decode(&plain, "a+/b", 4));
	CHECK_STR(buf_str(&plain), "kept");
}

static const struct check_case cases[] = {
	{ "published_vectors", published_vectors },
	{ "url_alphabet_has_no_padding", url_alphabet_has_no_padding },
	{ "lenient_forms_are_refused", lenient_forms_are_refused },
};

CHECK_MAIN(cases)
