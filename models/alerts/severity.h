// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/alerts/alert.h"

/// How bad an alert is, and which part of the product it is of.  Pure, thread-safe.
namespace zandb {

enum class Severity { Info, Warning, Critical };

/// "info", "warning", "critical": the words of the store and of --json.
std::string_view toString(Severity severity);
/// None for another word.
std::optional<Severity> severityFromString(std::string_view text);
/// Of a kind; `severity` in the detail comes before it.  A kind nobody knows is a warning.
Severity severityOf(std::string_view kind, const Json &detail = Json::object());
/// "backup" of "backup.failed": what rules for messages go by.
std::string_view moduleOf(std::string_view kind);

} // namespace zandb
