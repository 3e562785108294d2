// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/common/tableexport.h"

/// Results of statements as files, of an SqlResultModel or a proxy on one: NULL stays apart from an empty text in each of them.
namespace zandb {

/// RFC 4180: NULL is nothing, an empty text is "".
QByteArray resultCsv(const Shown &shown);
/// {"columns":[...],"rows":[[...]]}: texts as the server wrote them, so that large numbers stay whole, and null.
QByteArray resultJson(const Shown &shown);
/// INSERT statements of at most 100 rows each for a table of the result's columns.  Values of which only the beginning is known are said in a comment at the top.
QByteArray resultSql(const Shown &shown);

} // namespace zandb
