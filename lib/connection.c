/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who answers, and by when? sd-bus would wait for a handshake without a limit, and 25 s for each
 * call; a unit's stop waits for nobody.
 */
#include "connection.h"

#include <errno.h>
#include <unistd.h>

#include "clock.h"
#include "optional.h"

#define NS_PER_US 1000

OPTIONAL_FUNCTION(sd_bus_new);
OPTIONAL_FUNCTION(sd_bus_set_address);
OPTIONAL_FUNCTION(sd_bus_start);
OPTIONAL_FUNCTION(sd_bus_open_system);
OPTIONAL_FUNCTION(sd_bus_close_unref);
OPTIONAL_FUNCTION(sd_bus_is_ready);
OPTIONAL_FUNCTION(sd_bus_process);
OPTIONAL_FUNCTION(sd_bus_wait);
OPTIONAL_FUNCTION(sd_bus_set_method_call_timeout);
OPTIONAL_FUNCTION(sd_bus_get_property_trivial);

static const struct optional_symbol symbols[] = {
	OPTIONAL_SYMBOL(sd_bus_new),
	OPTIONAL_SYMBOL(sd_bus_set_address),
	OPTIONAL_SYMBOL(sd_bus_start),
	OPTIONAL_SYMBOL(sd_bus_open_system),
	OPTIONAL_SYMBOL(sd_bus_close_unref),
	OPTIONAL_SYMBOL(sd_bus_is_ready),
	OPTIONAL_SYMBOL(sd_bus_process),
	OPTIONAL_SYMBOL(sd_bus_wait),
	OPTIONAL_SYMBOL(sd_bus_set_method_call_timeout),
	OPTIONAL_SYMBOL(sd_bus_get_property_trivial),
};

void connection_done(struct connection *c)
{
	if (c->bus)
		sym_sd_bus_close_unref(c->bus);
	c->bus = NULL;
}

/* Microseconds until the deadline, at least one: sd-bus reads 0 as its own default. */
static uint64_t time_left_us(const struct connection *c)
{
	uint64_t now = clock_now_ns();

	return now + NS_PER_US < c->deadline_ns ? (c->deadline_ns - now) / NS_PER_US : 1;
}

/* sd_bus_call would wait for a handshake without a limit: it is waited for here. */
static int wait_ready(const struct connection *c)
{
	for (;;) {
		int r = sym_sd_bus_is_ready(c->bus);

		if (r != 0)
			return r < 0 ? r : 0;
		if (clock_is_past(c->deadline_ns))
			return -ETIMEDOUT;
		r = sym_sd_bus_process(c->bus, NULL);
		if (r == 0)
			r = sym_sd_bus_wait(c->bus, time_left_us(c));
		if (r < 0 && r != -EINTR)
			return r;
	}
}

static int connect_private(struct connection *c)
{
	int r = sym_sd_bus_new(&c->bus);

	if (r >= 0)
		r = sym_sd_bus_set_address(c->bus, "unix:path=/run/systemd/private");
	if (r >= 0)
		r = sym_sd_bus_start(c->bus);
	return r < 0 ? r : wait_ready(c);
}

static int connect_system(struct connection *c)
{
	int r = sym_sd_bus_open_system(&c->bus);

	return r < 0 ? r : wait_ready(c);
}

static int prepare(struct connection *c, uint64_t timeout_ns)
{
	int r = optional_open("libsystemd.so.0", symbols, sizeof(symbols) / sizeof(symbols[0]));

	*c = (struct connection){.deadline_ns = clock_now_ns() + timeout_ns};
	/* sd_booted(3) */
	return r < 0 || access("/run/systemd/system", F_OK) < 0 ? -ENOTCONN : 0;
}

static int finish(struct connection *c, int r)
{
	if (r == 0)
		return 0;
	connection_done(c);
	return r == -ENOMEM ? r : -ENOTCONN;
}

int connection_open_system(struct connection *c, uint64_t timeout_ns)
{
	int r = prepare(c, timeout_ns);

	return r < 0 ? r : finish(c, connect_system(c));
}

int connection_open_manager(struct connection *c, uint64_t timeout_ns)
{
	int r = prepare(c, timeout_ns);

	if (r < 0)
		return r;
	r = -EACCES;
	if (geteuid() == 0)
		r = connect_private(c);
	if (r < 0) {
		connection_done(c);
		r = connect_system(c);
	}
	return finish(c, r);
}

void connection_limit_call(const struct connection *c)
{
	sym_sd_bus_set_method_call_timeout(c->bus, time_left_us(c));
}

int connection_error(int r)
{
	switch (r) {
	case -ETIMEDOUT:
	case -ECONNRESET:
	case -ECONNREFUSED:
	case -EPIPE:
	case -EHOSTUNREACH: /* nobody has the name on the bus */
		return -ENOTCONN;
	default:
		return r;
	}
}

int connection_get(const struct connection *c, const char *destination, const char *path,
		   const char *interface, const char *name, char type, void *value)
{
	int r;

	connection_limit_call(c);
	r = sym_sd_bus_get_property_trivial(c->bus, destination, path, interface, name, NULL, type,
					    value);
	return r < 0 ? connection_error(r) : 0;
}
