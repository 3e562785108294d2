// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/platform/input.h"

#include "app/platform/errors.h"

#include <QFile>

namespace zandb {

Result<std::string> readFile(const std::filesystem::path &file, std::size_t most)
{
    const auto invalid = [&](const std::string &detail) { return fail(errors::settingsInvalid, {{"path", file.string()}, {"detail", detail}}); };
    std::error_code ignored;
    if (std::filesystem::is_directory(file, ignored))
        return invalid("is a directory");
    QFile source(QString::fromStdString(file.string()));
    if (!source.open(QIODevice::ReadOnly | QIODevice::Unbuffered))
        return invalid(source.errorString().toStdString());
    std::string text;
    char piece[65536];
    for (;;) {
        const qint64 got = source.read(piece, sizeof piece);
        if (got < 0)
            return invalid(source.errorString().toStdString());
        if (got == 0)
            return text;
        text.append(piece, static_cast<std::size_t>(got));
        if (text.size() > most)
            return invalid("is larger than " + std::to_string(most / 1024) + " KiB");
    }
}

std::optional<InputLine> readLine(std::istream &in, std::size_t most)
{
    InputLine line;
    std::streambuf &bytes = *in.rdbuf();
    constexpr auto end = std::char_traits<char>::eof();
    auto c = bytes.sbumpc();
    if (c == end) {
        in.setstate(std::ios::eofbit);
        return std::nullopt;
    }
    for (; c != end && c != '\n'; c = bytes.sbumpc()) {
        if (line.text.size() >= most)
            line.tooLong = true;
        else
            line.text += static_cast<char>(c);
    }
    if (line.tooLong)
        line.text.clear();
    return line;
}

} // namespace zandb
