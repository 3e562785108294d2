// SPDX-License-Identifier: GPL-3.0-or-later
// What the fields of the task dialog are filled and read with.
#pragma once

#include "models/common/text.h"

#include "agent/protocol/result.h"

#include <QComboBox>
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

inline Error wrong(const QString &detail)
{
    return makeError(ErrorCode{"usage", ErrorClass::Permanent}, {{"detail", detail.toStdString()}});
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
