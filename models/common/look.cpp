// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/common/look.h"

#include <QCoreApplication>

namespace zandb {
namespace {

struct Names
{
    const char *stable;
    const char *shown;
};
constexpr Names names[lookCount] = {
    {"ok", QT_TRANSLATE_NOOP("Look", "ok")},
    {"running", QT_TRANSLATE_NOOP("Look", "running")},
    {"pending", QT_TRANSLATE_NOOP("Look", "pending")},
    {"late", QT_TRANSLATE_NOOP("Look", "late")},
    {"failed", QT_TRANSLATE_NOOP("Look", "failed")},
    {"unknown", QT_TRANSLATE_NOOP("Look", "unknown")},
    {"skipped", QT_TRANSLATE_NOOP("Look", "skipped")},
    {"cancelled", QT_TRANSLATE_NOOP("Look", "cancelled")},
    {"missed", QT_TRANSLATE_NOOP("Look", "missed")},
};

} // namespace

QString lookText(Look look)
{
    return QCoreApplication::translate("Look", names[static_cast<int>(look)].shown);
}

QString lookName(Look look)
{
    return QString::fromLatin1(names[static_cast<int>(look)].stable);
}

} // namespace zandb
