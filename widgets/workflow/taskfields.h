// SPDX-License-Identifier: GPL-3.0-or-later
// What the fields of the task dialog are filled and read with.
#pragma once

#include "models/common/text.h"

#include "agent/protocol/json.h"

#include <QComboBox>
#include <QCoreApplication>
#include <QLineEdit>
#include <QStringList>

#include <algorithm>
#include <array>

namespace zandb::taskfields {

inline constexpr std::array<const char *, 7> dayWords{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
inline constexpr int kindRole = Qt::UserRole;
inline constexpr int idRole = Qt::UserRole + 1;

inline QStringList wordsOf(const QLineEdit *edit)
{
    QStringList words;
    for (const QString &part : edit->text().split(QLatin1Char(','), Qt::SkipEmptyParts)) {
        if (const QString word = part.trimmed(); !word.isEmpty())
            words << word;
    }
    return words;
}

inline std::vector<std::string> stringsOf(const QLineEdit *edit)
{
    std::vector<std::string> strings;
    for (const QString &word : wordsOf(edit))
        strings.push_back(word.toStdString());
    return strings;
}

inline QString joined(const std::vector<std::string> &strings)
{
    QStringList words;
    for (const std::string &one : strings)
        words << qs(one);
    return words.join(QStringLiteral(", "));
}

/// "days=7; mode=soft"
inline QString valuesText(const Json &values)
{
    QStringList parts;
    for (const auto &[name, value] : values.items())
        parts << qs(name) + QLatin1Char('=') + (value.is_string() ? qs(value.get<std::string>()) : QString());
    return parts.join(QStringLiteral("; "));
}

inline Error wrong(const QString &detail)
{
    return makeError(ErrorCode{"usage", ErrorClass::Permanent}, {{"detail", detail.toStdString()}});
}

/// Errors: usage: a part that is not NAME=VALUE, or a name twice.
inline Result<Json> valuesOf(const QLineEdit *edit)
{
    Json values = Json::object();
    for (const QString &part : edit->text().split(QLatin1Char(';'), Qt::SkipEmptyParts)) {
        if (part.trimmed().isEmpty())
            continue;
        const auto equals = part.indexOf(QLatin1Char('='));
        const std::string name = part.left(equals).trimmed().toStdString();
        if (equals < 0 || name.empty() || values.contains(name))
            return fail(wrong(QCoreApplication::translate("zandb::TaskDialog", "Values are written NAME=VALUE, each name once, with a semicolon between two.")));
        values[name] = part.mid(equals + 1).trimmed().toStdString();
    }
    return values;
}

inline void choose(QComboBox *box, const std::string &data)
{
    box->setCurrentIndex(std::max(0, box->findData(qs(data))));
}

inline std::string chosen(const QComboBox *box)
{
    return box->currentData().toString().toStdString();
}

} // namespace zandb::taskfields
