// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/common/storerole.h"

#include <QCoreApplication>

namespace zandb {
namespace {

struct StoreRoleText
{
    Q_DECLARE_TR_FUNCTIONS(StoreRoleText)
};

} // namespace

QString roleText(StoreRole role)
{
    switch (role) {
    case StoreRole::Viewer:
        return StoreRoleText::tr("viewer");
    case StoreRole::Operator:
        return StoreRoleText::tr("operator");
    case StoreRole::Admin:
        return StoreRoleText::tr("administrator");
    case StoreRole::Unknown:
        break;
    }
    return {};
}

QString whyNotOperate(StoreRole role)
{
    return role == StoreRole::Viewer
        ? StoreRoleText::tr("Your account on the metadata store may only look (role viewer). Ask an administrator for the role operator.")
        : QString();
}

} // namespace zandb
