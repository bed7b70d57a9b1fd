#ifndef TESTS_LIB_JOSE_VECTORS_H
#define TESTS_LIB_JOSE_VECTORS_H

#include <string.h>

#include "lib/buf.h"
#include "lib/crypto_sign.h"
#include "lib/error.h"
#include "lib/jwk.h"
#include "tests/lib/check.h"

/*
 * The examples of RFC 7515 appendix A, RFC 7520 section 4 and RFC 8037 appendix A, and a key
 * of ours for P-384, which they leave out.  ' stands for " in the keys.
 */
/* clang-format off */
#define VECTOR_OCT \
	"{'kty':'oct','k':'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH" \
	"75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow'}"

#define VECTOR_RSA_PUBLIC \
	"{'kty':'RSA','n':'ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W2" \
	"6mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_Yp" \
	"RPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUs" \
	"LA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_" \
	"I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h" \
	"4FRWyuXpoQ','e':'AQAB'}"

#define VECTOR_P256 \
	"{'kty':'EC','crv':'P-256','x':'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHv" \
	"RVEU','y':'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0','d':'jpsQnnGQm" \
	"L-YBIffH1136cspYG6-0iY7X1fCE9-E9LI'}"

#define VECTOR_P521 \
	"{'kty':'EC','crv':'P-521','x':'AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wT" \
	"jxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk','y':'ADSmRA43Z1DSNx" \
	"_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3k" \
	"yMj2','d':'AY5pb7A0UFiB3RELSD64fTLOSV_jazdF7fLYyuTw8lOfRhWg6Y6rUrPAxer" \
	"EzgdRhajnu0ferB0d53vM9mE15j2C'}"

#define VECTOR_BILBO_RSA \
	"{'kty':'RSA','kid':'bilbo.baggins@hobbiton.example','use':'sig','n':'n" \
	"4EPtAOCc9AlkeQHPzHStgAbgs7bTZLwUBZdR8_KuKPEHLd4rHVTeT-O-XV2jRojdNhxJWT" \
	"DvNd7nqQ0VEiZQHz_AJmSCpMaJMRBSFKrKb2wqVwGU_NsYOYL-QtiWN2lbzcEe6XC0dApr" \
	"5ydQLrHqkHHig3RBordaZ6Aj-oBHqFEHYpPe7Tpe-OfVfHd1E6cS6M1FZcD1NNLYD5lFHp" \
	"PI9bTwJlsde3uhGqC0ZCuEHg8lhzwOHrtIQbS0FVbb9k3-tVTU4fg_3L_vniUFAKwuCLqK" \
	"nS2BYwdq_mzSnbLY7h_qixoR7jig3__kRhuaxwUkRz5iaiQkqgc5gHdrNP5zw','e':'AQ" \
	"AB','d':'bWUC9B-EFRIo8kpGfh0ZuyGPvMNKvYWNtB_ikiH9k20eT-O1q_I78eiZkpXxX" \
	"Q0UTEs2LsNRS-8uJbvQ-A1irkwMSMkK1J3XTGgdrhCku9gRldY7sNA_AKZGh-Q661_42rI" \
	"NLRCe8W-nZ34ui_qOfkLnK9QWDDqpaIsA-bMwWWSDFu2MUBYwkHTMEzLYGqOe04noqeq1h" \
	"ExBTHBOBdkMXiuFhUq1BU6l-DqEiWxqg82sXt2h-LMnT3046AOYJoRioz75tSUQfGCshWT" \
	"BnP5uDjd18kKhyv07lhfSJdrPdM5Plyl21hsFf4L_mHCuoFau7gdsPfHPxxjVOcOpBrQzw" \
	"Q','p':'3Slxg_DwTXJcb6095RoXygQCAZ5RnAvZlno1yhHtnUex_fp7AZ_9nRaO7HX_-S" \
	"FfGQeutao2TDjDAWU4Vupk8rw9JR0AzZ0N2fvuIAmr_WCsmGpeNqQnev1T7IyEsnh8UMt-" \
	"n5CafhkikzhEsrmndH6LxOrvRJlsPp6Zv8bUq0k','q':'uKE2dh-cTf6ERF4k4e_jy78G" \
	"fPYUIaUyoSSJuBzp3Cubk3OCqs6grT8bR_cu0Dm1MZwWmtdqDyI95HrUeq3MP15vMMON8l" \
	"HTeZu2lmKvwqW7anV5UzhM1iZ7z4yMkuUwFWoBvyY898EXvRD-hdqRxHlSqAZ192zB3pVF" \
	"J0s7pFc','dp':'B8PVvXkvJrj2L-GYQ7v3y9r6Kw5g9SahXBwsWUzp19TVlgI-YV85q1N" \
	"Ib1rxQtD-IsXXR3-TanevuRPRt5OBOdiMGQp8pbt26gljYfKU_E9xn-RULHz0-ed9E9gXL" \
	"KD4VGngpz-PfQ_q29pk5xWHoJp009Qf1HvChixRX59ehik','dq':'CLDmDGduhylc9o7r" \
	"84rEUVn7pzQ6PF83Y-iBZx5NT-TpnOZKF1pErAMVeKzFEl41DlHHqqBLSM0W1sOFbwTxYW" \
	"ZDm6sI6og5iTbwQGIC3gnJKbi_7k_vJgGHwHxgPaX2PnvP-zyEkDERuf-ry4c_Z11Cq9Aq" \
	"C2yeL6kdKT1cYF8','qi':'3PiqvXQN0zwMeE-sBvZgi289XP9XCQF3VWqPzMKnIgQp7_T" \
	"ugo6-NZBKCQsMf3HaEGBjTVJs_jcK8-TRXvaKe-7ZMaQj8VfBdYkssbu0NKDDhjJ-Gtise" \
	"aDVWt7dcH0cfwxgFUHpQh7FoCrjFJ6h6ZEpMF6xmujs4qMpPz8aaI4'}"

#define VECTOR_BILBO_P521 \
	"{'kty':'EC','kid':'bilbo.baggins@hobbiton.example','use':'sig','crv':'" \
	"P-521','x':'AHKZLLOsCOzz5cY97ewNUajB957y-C-U88c3v13nmGZx6sYl_oJXu9A5Rk" \
	"TKqjqvjyekWF-7ytDyRXYgCF5cj0Kt','y':'AdymlHvOiLxXkEhayXQnNCvDX4h9htZaC" \
	"JN34kfmC6pV5OhQHiraVySsUdaQkAgDPrwQrJmbnX9cwlGfP-HqHZR1','d':'AAhRON2r" \
	"9cqXX1hg-RoI6R1tX5p2rUAYdmpHZoC1XNM56KtscrX6zbKipQrCW9CGZH3T4ubpnoTKLD" \
	"YJ_fF3_rJt'}"

#define VECTOR_BILBO_OCT \
	"{'kty':'oct','kid':'018c0ae5-4d9b-471b-bfd6-eef314bc7037','use':'sig'," \
	"'alg':'HS256','k':'hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg'}"

#define VECTOR_ED25519 \
	"{'kty':'OKP','crv':'Ed25519','d':'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDus" \
	"Axyuf2A','x':'11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo'}"

#define VECTOR_P384 \
	"{'kty':'EC','crv':'P-384','x':'fW1WXyNPnUvk5U5l6UaOx7BX5z2GrzfhcdR2kFI" \
	"pwov9iWHkaX9e_haMqOkqvYj8','y':'bFO08W0VjEnblkRWWHA6NzMfk4fbmDpR-xDg-J" \
	"RwIMktXOE0MKGzNVCI_sNb4OBU','d':'jvjuu4rnzRvdFPHon8jVjMBKG7ZYPoOkfaInT" \
	"8eu3WpJhhhPq0QuJog2Z40hg-24'}"

struct vector {
	const char *name;
	const char *key;
	enum crypto_scheme scheme;
	const char *token;
};

static const struct vector vectors[] = {
	{ "RFC 7515 A.1", VECTOR_OCT, CRYPTO_HS256,
	  "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiO"
	  "jEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjf"
	  "tJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk" },
	{ "RFC 7515 A.2", VECTOR_RSA_PUBLIC, CRYPTO_RS256,
	  "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogI"
	  "mh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EG"
	  "rhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5ju"
	  "jGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6x"
	  "BArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOk"
	  "HWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5A"
	  "XLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw" },
	{ "RFC 7515 A.3", VECTOR_P256, CRYPTO_ES256,
	  "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogI"
	  "mh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOy"
	  "KAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q" },
	{ "RFC 7515 A.4", VECTOR_P521, CRYPTO_ES512,
	  "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_Ux"
	  "Mi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2Y"
	  "BJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn" },
	{ "RFC 7520 4.1", VECTOR_BILBO_RSA, CRYPTO_RS256,
	  "eyJhbGciOiJSUzI1NiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZS"
	  "J9.SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXI"
	  "gZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9hZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVwI"
	  "HlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN"
	  "3ZXB0IG9mZiB0by4.MRjdkly7_-oTPTS3AXP41iQIGKa80A0ZmTuV5MEaHoxnW2e5CZ5Nl"
	  "KtainoFmKZopdHM1O2U4mwzJdQx996ivp83xuglII7PNDi84wnB-BDkoBwA78185hX-Es4"
	  "JIwmDLJK3lfWRa-XtL0RnltuYv746iYTh_qHRD68BNt1uSNCrUCTJDt5aAE6x8wW1Kt9eR"
	  "o4QPocSadnHXFxnt8Is9UzpERV0ePPQdLuW3IS_de3xyIrDaLGdjluPxUAhb6L2aXic1U1"
	  "2podGU0KLUQSE_oI-ZnmKJ3F4uOZDnd6QZWJushZ41Axf_fcIe8u9ipH84ogoree7vjbU5"
	  "y18kDquDg" },
	{ "RFC 7520 4.2", VECTOR_BILBO_RSA, CRYPTO_PS384,
	  "eyJhbGciOiJQUzM4NCIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZS"
	  "J9.SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXI"
	  "gZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9hZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVwI"
	  "HlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN"
	  "3ZXB0IG9mZiB0by4.cu22eBqkYDKgIlTpzDXGvaFfz6WGoz7fUDcfT0kkOy42miAh2qyBz"
	  "k1xEsnk2IpN6-tPid6VrklHkqsGqDqHCdP6O8TTB5dDDItllVo6_1OLPpcbUrhiUSMxbbX"
	  "UvdvWXzg-UD8biiReQFlfz28zGWVsdiNAUf8ZnyPEgVFn442ZdNqiVJRmBqrYRXe8P_ijQ"
	  "7p8Vdz0TTrxUeT3lm8d9shnr2lfJT8ImUjvAA2Xez2Mlp8cBE5awDzT0qI0n6uiP1aCN_2"
	  "_jLAeQTlqRHtfa64QQSUmFAAjVKPbByi7xho0uTOcbH510a6GYmJUAfmWjwZ6oD4ifKo8D"
	  "YM-X72Eaw" },
	{ "RFC 7520 4.3", VECTOR_BILBO_P521, CRYPTO_ES512,
	  "eyJhbGciOiJFUzUxMiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZS"
	  "J9.SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXI"
	  "gZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9hZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVwI"
	  "HlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN"
	  "3ZXB0IG9mZiB0by4.AE_R_YZCChjn4791jSQCrdPZCNYqHXCTZH0-JZGYNlaAjP2kqaluU"
	  "IIUnC9qvbu9Plon7KRTzoNEuT4Va2cmL1eJAQy3mtPBu_u_sDDyYjnAMDxXPn7XrT0lw-k"
	  "vAD890jl8e2puQens_IEKBpHABlsbEPX6sFY8OcGDqoRuBomu9xQ2" },
	{ "RFC 7520 4.4", VECTOR_BILBO_OCT, CRYPTO_HS256,
	  "eyJhbGciOiJIUzI1NiIsImtpZCI6IjAxOGMwYWU1LTRkOWItNDcxYi1iZmQ2LWVlZjMxNG"
	  "JjNzAzNyJ9.SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V"
	  "0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9hZCwgYW5kIGlmIHlvdSBkb24nd"
	  "CBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h"
	  "0IGJlIHN3ZXB0IG9mZiB0by4.s0h6KThzkfBBBkLspW1h84VsJZFTsPPqMDA7g1Md7p0" },
	{ "RFC 8037 A.4", VECTOR_ED25519, CRYPTO_EDDSA,
	  "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP"
	  "0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0"
	  "KAg" },
};
/* clang-format on */

static inline struct str_view view(const char *text)
{
	return (struct str_view){ text, strlen(text) };
}

static inline struct str_view view_of(const struct buf *buf)
{
	return (struct str_view){ buf_str(buf), buf->len };
}

/* Append the text with " for '. */
static inline void add_json(struct buf *out, const char *text)
{
	for (; *text; text++)
		buf_add_char(out, *text == '\'' ? '"' : *text);
}

/* A key that is sound. */
static inline void read_key(struct jwk *key, const char *text, enum jwk_half half)
{
	auto_buf struct buf json = BUF_EMPTY;
	struct error err = { 0 };

	add_json(&json, text);
	if (jwk_read(key, view_of(&json), half, &err) < 0)
		fprintf(stderr, "%s: %s\n", text, err.message);
	CHECK(err.kind == ERROR_NONE);
}

/* A key that is none: the error says so. */
static inline void refuse_key(const char *text, enum jwk_half half, const char *why)
{
	auto_buf struct buf json = BUF_EMPTY;
	auto_jwk struct jwk key = JWK_EMPTY;
	struct error err = { 0 };

	add_json(&json, text);
	CHECK(jwk_read(&key, view_of(&json), half, &err) < 0);
	CHECK(err.kind == ERROR_DATA);
	if (!strstr(err.message, why))
		fprintf(stderr, "'%s', not '%s'\n", err.message, why);
	CHECK(strstr(err.message, why));
}

#endif
