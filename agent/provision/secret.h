// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/runtime/config.h"

namespace zandb::agent {

/// The secret of a run's replication account: random, made once, in a file of mode 0600 in the agent's state directory.  It leaves the host only in the
/// replication itself.  Errors: io.failed.
Result<std::string> secretOf(const Config &config, const std::string &run);
void forgetSecret(const Config &config, const std::string &run);

/// What a server stores of a password: of MariaDB's mysql_native_password.
std::string nativeVerifier(const std::string &secret);
/// Of MySQL's caching_sha2_password (SHA-256 crypt with 5,000 rounds); `salt` has 20 characters.
std::string sha2Verifier(const std::string &secret, const std::string &salt);
/// One of the flavour for this run: the same each time.
Result<std::string> verifierOf(const Config &config, const std::string &run, bool mariaDb);

} // namespace zandb::agent
