// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/fleet/instances.h"

namespace zandb::agent {

/// What makes one instance another than those of the same template.
struct TemplateValues
{
    int port = 0;
    std::int64_t serverId = 0;
    std::int64_t bufferPoolBytes = 0;    ///< 0: as the template says
    std::filesystem::path directory;     ///< BASE/myPORT
    std::string user;                    ///< OS user the server runs as
};

/// The template that is used where none is named: a my.cnf with the placeholders {{port}}, {{server_id}}, {{directory}}, {{user}} and {{buffer_pool}}.
std::string builtInTemplate(bool mariaDb);
/// The my.cnf of an instance of the standard layout as a template: its directory, port, server_id and buffer pool become placeholders.
/// Errors: provision.template (it is outside of the standard layout, or names files elsewhere), io.failed.
Result<std::string> templateOf(const LocalInstance &instance);
/// The my.cnf that a template makes with these values.  What tells instances apart is added where the template lacks it.  Errors: provision.template (a
/// placeholder that is none, !include, a path of its own data outside of the directory).  `name` is for errors.
Result<std::string> renderTemplate(const std::string &text, const std::string &name, const TemplateValues &values);
/// The text with the values of passwords hidden, for people.
std::string withoutSecrets(const std::string &myCnf);
/// Whether it sets a password: such a text may not travel.
bool hasSecrets(const std::string &myCnf);

} // namespace zandb::agent
