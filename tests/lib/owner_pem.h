#ifndef TESTS_LIB_OWNER_PEM_H
#define TESTS_LIB_OWNER_PEM_H

/* A certificate for a hundred years, and what openssl x509 -fingerprint -sha256 says of it. */
static const char pem[] =
	"-----BEGIN CERTIFICATE-----\n"
	"MIIBNjCB6aADAgECAhQ90IR7o2PAGvawXVsEGpQg2VBpzTAFBgMrZXAwEDEOMAwG\n"
	"A1UEAwwFb3duZXIwIBcNMjYxMTIxMjMwMTE5WhgPMjEyNjEwMjgyMzAxMTlaMBAx\n"
	"DjAMBgNVBAMMBW93bmVyMCowBQYDK2VwAyEAo8kPxUgXud3UTWFcqU+n6tAsxy3c\n"
	"qIqbViaIK9nDSpqjUzBRMB0GA1UdDgQWBBShLJssYXuuHbqoKRFiMCE4EW9lCDAf\n"
	"BgNVHSMEGDAWgBShLJssYXuuHbqoKRFiMCE4EW9lCDAPBgNVHRMBAf8EBTADAQH/\n"
	"MAUGAytlcANBAOA5mZvCH52RFycUOFGGPEZnMQDojRx/5GJqvUkntc6H2qXbllzx\n"
	"IqprFhbmDHhZgyFteD6iIkzs0oMZZ4BakAQ=\n"
	"-----END CERTIFICATE-----\n";
#define HASH "53d8e155f6701a59798184cbdc706a3c2b81f4c9974959bf7c885754d5c456ca"

#endif
