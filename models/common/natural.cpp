// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/common/natural.h"

namespace zandb {

int compareNaturally(QStringView a, QStringView b)
{
    qsizetype i = 0;
    qsizetype j = 0;
    while (i < a.size() && j < b.size()) {
        if (a[i].isDigit() && b[j].isDigit()) {
            while (i < a.size() && a[i] == QLatin1Char('0'))
                ++i;
            while (j < b.size() && b[j] == QLatin1Char('0'))
                ++j;
            const qsizetype fromA = i;
            const qsizetype fromB = j;
            while (i < a.size() && a[i].isDigit())
                ++i;
            while (j < b.size() && b[j].isDigit())
                ++j;
            if (i - fromA != j - fromB)
                return i - fromA < j - fromB ? -1 : 1;
            if (const int by = a.mid(fromA, i - fromA).compare(b.mid(fromB, j - fromB)); by != 0)
                return by;
            continue;
        }
        const QChar x = a[i].toCaseFolded();
        const QChar y = b[j].toCaseFolded();
        if (x != y)
            return x < y ? -1 : 1;
        ++i;
        ++j;
    }
    if (i < a.size() || j < b.size())
        return i < a.size() ? 1 : -1;
    return a.compare(b); // "A" and "a" are not the same name
}

} // namespace zandb
