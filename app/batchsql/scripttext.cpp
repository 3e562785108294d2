// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/batchsql/scripttext.h"

#include <QByteArray>
#include <QStringDecoder>

#include <algorithm>

namespace zandb::batchsql {
namespace {

std::size_t lineOf(std::string_view bytes, std::size_t at)
{
    return 1 + static_cast<std::size_t>(std::count(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(std::min(at, bytes.size())), '\n'));
}

/// Offset of the first byte that is no UTF-8; the size when all are.
std::size_t firstWrong(std::string_view bytes)
{
    for (std::size_t i = 0; i < bytes.size();) {
        const auto c = static_cast<unsigned char>(bytes[i]);
        const std::size_t length = c < 0x80 ? 1 : c >= 0xc2 && c < 0xe0 ? 2 : c >= 0xe0 && c < 0xf0 ? 3 : c >= 0xf0 && c < 0xf5 ? 4 : 0;
        bool good = length > 0 && i + length <= bytes.size();
        for (std::size_t k = 1; good && k < length; ++k)
            good = (static_cast<unsigned char>(bytes[i + k]) & 0xc0) == 0x80;
        if (!good)
            return i;
        i += length;
    }
    return bytes.size();
}

ScriptText problem(std::string words)
{
    return {{}, {}, std::move(words)};
}

ScriptText converted(std::string_view bytes, const std::string &encoding, const std::string &why)
{
    QStringDecoder decoder(encoding.c_str());
    if (!decoder.isValid())
        return problem("the encoding \"" + encoding + "\" is not known");
    const QString text = decoder.decode(QByteArrayView(bytes.data(), static_cast<qsizetype>(bytes.size())));
    if (decoder.hasError())
        return problem("the script is not in " + encoding);
    return {text.toStdString(), "the script was converted from " + encoding + why + " to UTF-8", {}};
}

} // namespace

ScriptText textOfScript(std::string bytes, std::string_view encoding)
{
    const std::string_view view = bytes;
    if (!encoding.empty() && encoding != "utf-8" && encoding != "utf8")
        return converted(view, std::string(encoding), "");
    if (view.starts_with("\xff\xfe") || view.starts_with("\xfe\xff"))
        return converted(view, view.front() == '\xff' ? "UTF-16LE" : "UTF-16BE", ", as its byte order mark says,");
    const bool mark = view.starts_with("\xef\xbb\xbf");
    if (const auto nul = view.find('\0'); nul != view.npos) {
        // half of the bytes of ASCII in UTF-16
        const auto nuls = std::count(view.begin(), view.end(), '\0');
        if (static_cast<std::size_t>(nuls) * 3 > view.size())
            return problem("line " + std::to_string(lineOf(view, nul)) + " has NUL bytes; it looks like UTF-16 without a mark: give --encoding utf-16le or utf-16be");
        return problem("line " + std::to_string(lineOf(view, nul)) + " has a NUL byte, which no statement may hold");
    }
    if (const auto wrong = firstWrong(view); wrong < view.size())
        return problem("line " + std::to_string(lineOf(view, wrong)) + " is no UTF-8; give --encoding, for example gbk or latin1");
    if (mark)
        return {bytes.substr(3), "the byte order mark was left out", {}};
    return {std::move(bytes), {}, {}};
}

} // namespace zandb::batchsql
