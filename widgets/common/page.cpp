// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/common/page.h"

#include "widgets/common/parts.h"
#include "widgets/common/theme.h"

#include <QBoxLayout>

namespace zandb {

void Page::goToRun(const Uuid &id)
{
    Location to;
    to.page = QStringLiteral("run");
    to.subject = Subject(runSubject, id);
    Q_EMIT goToRequested(to);
}

void Page::setTrouble(const QString &text, const QString &detail)
{
    if (!m_trouble) {
        auto *box = qobject_cast<QBoxLayout *>(layout());
        if (!box || text.isEmpty())
            return;
        m_trouble = new Banner(this);
        m_trouble->setProperty("page", true);
        box->insertWidget(0, m_trouble);
    }
    m_trouble->setTexts(text, detail);
}

void Page::setForbidden(const QString &why, bool said)
{
    if (why == m_forbidden)
        return;
    m_forbidden = why;
    auto *box = qobject_cast<QBoxLayout *>(layout());
    if (!m_why && !said && box && hasActs()) {
        m_why = new QLabel(this);
        m_why->setObjectName(QStringLiteral("pageWhy"));
        m_why->setProperty("muted", true);
        m_why->setWordWrap(true);
        m_why->setContentsMargins(unit, 0, unit, 0);
        box->insertWidget(0, m_why);
    }
    if (m_why) {
        m_why->setText(why);
        m_why->setVisible(!why.isEmpty() && !said);
    }
    showForbidden();
}

} // namespace zandb
