// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

/// Scripts as files: what character set they are in.  Pure.
namespace zandb::batchsql {

struct ScriptText
{
    std::string text;    ///< UTF-8 without a mark
    std::string note;    ///< what was done to it, in English; empty: nothing
    std::string problem; ///< why it cannot be read, in English; then there is no text
};

/// `encoding`: "", which takes UTF-8 and what a byte order mark says, or a name like "gbk", "gb18030", "utf-16le", "latin1".
ScriptText textOfScript(std::string bytes, std::string_view encoding = {});

} // namespace zandb::batchsql
