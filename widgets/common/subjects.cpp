// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/common/subjects.h"

#include "widgets/common/inspector.h"
#include "widgets/common/pageparts.h"

#include <QPushButton>

namespace zandb {

void offer(Inspector *inspector, QPushButton *button, const Subjects &subjects, std::size_t shown, const QString &one, const QString &many,
           const QString &forbidden)
{
    const std::size_t count = subjects.ids.size();
    button->setText(shown < 2 ? one : QString(many).replace(QLatin1String("%1"), QString::number(count > 0 ? count : shown)));
    permit(button, !forbidden.isEmpty() ? forbidden : subjects.whyNone);
    if (count > 0 && count < shown && forbidden.isEmpty())
        button->setToolTip(Inspector::tr("Of the %1 that are selected this can be done with %2.").arg(shown).arg(count));
    inspector->narrow(button, subjects.ids);
}

} // namespace zandb
