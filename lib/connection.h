/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A D-Bus connection (libsystemd, loaded when asked for) whose questions share one deadline:
 * whoever doesn't answer by then is as good as not there.
 */
#pragma once

#include <stdint.h>
#include <systemd/sd-bus.h>

struct connection {
	sd_bus *bus;
	uint64_t deadline_ns; /* on CLOCK_MONOTONIC */
};

/*
 * Each opens a connection for connection_done(): to the service manager, root at its own socket as
 * systemctl does, which answers before and after the bus is up, anyone at the system bus; to the
 * system bus. Returns 0, or -ENOTCONN where systemd doesn't run, nobody answers within timeout_ns,
 * or libsystemd is not there; or -ENOMEM.
 */
int connection_open_manager(struct connection *c, uint64_t timeout_ns);
int connection_open_system(struct connection *c, uint64_t timeout_ns);
void connection_done(struct connection *c);

/* Before each call: gives it the time that is left. */
void connection_limit_call(const struct connection *c);

/* What a call's error means for our caller: -ENOTCONN for all that say that nobody answers. */
int connection_error(int r);

/* A property, in place of sd_bus_get_property_trivial(3). Returns 0 or an error as above. */
int connection_get(const struct connection *c, const char *destination, const char *path,
		   const char *interface, const char *name, char type, void *value);
