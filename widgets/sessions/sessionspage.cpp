// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/sessions/sessionspage.h"

#include "widgets/common/pageparts.h"
#include "widgets/sessions/sessionsview.h"

#include <QVBoxLayout>

namespace zandb {

SessionsPage::SessionsPage(const Ui &ui, SessionTableModel *model, QWidget *parent)
    : Page(parent), m_view(new SessionsView(ui, QStringLiteral("processlist"), model, this))
{
    setObjectName(QStringLiteral("processlistPage"));
    makePageLayout(this)->addWidget(m_view, 1);
}

QString SessionsPage::title() const
{
    return tr("Process list");
}

QString SessionsPage::help() const
{
    return tr("<p>What the sessions of the selected instances do now, read through their agents every few seconds while this page is on the screen. Sessions that "
              "wait for a lock stand below the one they wait for; the first of a chain is the one to look at. <b>Blocked by</b> says which lock it is: of a row, of a "
              "table's definition (metadata), or of the whole server.</p>"
              "<p><b>Kill the statement</b> ends what a session runs; <b>Kill the connection</b> also rolls its transaction back. The agent looks again right before: "
              "when the session runs another statement by then, nothing is killed. Replication, the event scheduler and the server's own threads are never killed "
              "from here. Each kill is noted in the audit.</p>"
              "<p>Statements are shown without their literals. The same list comes from <code>zandbctl processlist</code>.</p>");
}

void SessionsPage::setLoading(bool loading)
{
    m_view->setLoading(loading);
}

void SessionsPage::focusFilter()
{
    m_view->focusFilter();
}

bool SessionsPage::escape()
{
    return m_view->escape();
}

void SessionsPage::showForbidden()
{
    m_view->setForbidden(forbidden());
}

} // namespace zandb
