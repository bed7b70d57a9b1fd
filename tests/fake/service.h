#ifndef TESTS_FAKE_SERVICE_H
#define TESTS_FAKE_SERVICE_H

#include "lib/http_server.h"

struct fake;

/* The API as a service of lib/http_server. */
struct http_service service_of(struct fake *fake);

#endif
