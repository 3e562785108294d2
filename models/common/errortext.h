// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/result.h"

#include <QString>

/// The texts of error codes, translated: what happened, to which host or instance, and what to do next.  Pure;
/// GUI thread (translations are installed there).
namespace zandb {

/// What happened, as a sentence; a code nobody knows reads as itself with its fields.
QString errorSummary(const Error &error);
/// What to do next; may be empty.
QString errorAdvice(const Error &error);
/// Summary, advice and what led to it, with the subject ("db1/my3306") in front when given.
QString errorText(const Error &error, const QString &subject = {});
/// Whether the code has a text of its own.
bool hasErrorText(std::string_view code);
/// The untranslated pattern of a code ("{host}" stands for a field), for tests.
QString errorPattern(std::string_view code);

} // namespace zandb
