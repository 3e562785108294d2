// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/common/printable.h"

#include <QString>

#include <cstdio>

namespace zandb {
namespace {

bool steers(char16_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x061c || (c >= 0x200b && c <= 0x200f && c != 0x200c && c != 0x200d)
        || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff;
}

} // namespace

std::string printable(std::string_view text, bool keepLines)
{
    const QString all = QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
    QString shown;
    shown.reserve(all.size());
    for (const QChar c : all) {
        const char16_t code = c.unicode();
        if (code == u'\n' || code == u'\t' || code == u'\r') {
            shown += keepLines && code != u'\r' ? c : QLatin1Char(' ');
        } else if (steers(code)) {
            char escaped[8];
            std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(code));
            shown += QLatin1String(escaped);
        } else {
            shown += c;
        }
    }
    return shown.toStdString();
}

bool isPrintable(std::string_view text)
{
    return printable(text) == text;
}

} // namespace zandb
