// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/json.h"

/// What the agent may ask of the root-owned helper, and how it is written: one connection, one request, one answer.
/// The request is a JSON object on one line, `{"verb":"...", argument...}`; every argument of a verb has to be there and
/// no other may be.  None of them is a path: the helper takes paths from the root-owned configuration.
///
/// | verb               | arguments                                        | descriptors          | answer               |
/// | ------------------ | ------------------------------------------------ | -------------------- | -------------------- |
/// | check              | instance                                         |                      | owner, account, tool |
/// | physical-backup    | instance, slave_info, throttle_bytes             | stdout, stderr, pace | status, signal       |
/// | data-files         | instance                                         | list                 |                      |
/// | clone-stage-make   | instance, id                                     |                      | path                 |
/// | clone-stage-take   | instance, id                                     |                      |                      |
/// | clone-stage-remove | instance, id                                     |                      |                      |
/// | keys-add           | user, role, key                                  |                      | a KeyLine            |
/// | keys-revoke        | user, key                                        |                      | removed              |
/// | service            | instance, action                                 |                      | output               |
/// | layout             | instance                                         |                      | path                 |
/// | copy-back          | instance, restore                                |                      |                      |
/// | log-open           | instance, log, number                            |                      | path; a descriptor   |
/// | log-rename         | instance, log, from, to                          |                      | path                 |
/// | log-remove         | instance, log, number                            |                      | path                 |
/// | option-file-write  | instance, number, old_sha256, bytes              | content              | path, sha256         |
///
/// The option file number 0 is the instance's my.cnf, N is the N-th of its option_files.  The content is all that the pipe holds, `bytes`
/// of it; old_sha256 is the one of the content that it replaces, and another one there is helper.file_changed.
///
/// `log` is "slow" or "error"; number 0 is the file the server writes, N is NAME.N beside it.  The descriptor of log-open comes with
/// the answer's first byte and is read-only.
///
/// Descriptors are pipes the caller made.  The tool reads data files at throttle_bytes a second (0: as it can) until the
/// caller closes its end of pace.  The answer is a line too: `{"ok":true,"data":{...}}` or
/// `{"ok":false,"error":{...}}`.  A caller that closes its sending side before the answer cancels.
namespace zandb::agent {

/// A request's line, without its end, is not longer.
inline constexpr std::size_t maxHelperRequest = 32u << 10;
inline constexpr std::size_t maxHelperAnswer = 64u << 10;

struct HelperRequest
{
    std::string verb;
    Json arguments = Json::object();

    /// The argument; the verb must have it.
    std::string text(const char *name) const { return arguments.at(name).get<std::string>(); }
    std::int64_t number(const char *name) const { return arguments.at(name).get<std::int64_t>(); }
    bool flag(const char *name) const { return arguments.at(name).get<bool>(); }
};

/// Reads a line from outside.  A request that is returned has exactly its verb's arguments, each of the right form.
/// Errors: protocol.malformed, protocol.too_large, protocol.bad_params (method: the verb, detail).
Result<HelperRequest> parseHelperRequest(std::string_view line);
/// The line, with its end.
std::string encodeHelperRequest(const HelperRequest &request);
/// How many descriptors come with the verb.
std::size_t descriptorsOf(std::string_view verb);

} // namespace zandb::agent
