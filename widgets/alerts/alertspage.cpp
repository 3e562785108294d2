// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/alerts/alertspage.h"

#include "models/common/format.h"
#include "models/common/text.h"
#include "widgets/common/inspector.h"
#include "widgets/common/pageparts.h"
#include "widgets/common/parts.h"
#include "widgets/common/tablecolumns.h"
#include "widgets/common/tablepane.h"
#include "widgets/common/theme.h"

#include <QCheckBox>
#include <QPushButton>
#include <QSplitter>
#include <QVBoxLayout>

#include <algorithm>

namespace zandb {

AlertsPage::AlertsPage(const Ui &ui, AlertTableModel *model, QWidget *parent)
    : TablePage(ui, QStringLiteral("alerts"), parent), m_model(model), m_ended(new QCheckBox(this))
{
    setObjectName(QStringLiteral("alertsPage"));
    setMinimumHeight(38 * unit);
    using Ids = std::vector<Uuid>;
    m_cause = m_inspector->addAction(QStringLiteral("alertCause"), QStringLiteral("right"), [this](const Ids &ids) {
        if (const AlertRow *row = m_model->row(m_model->rowOf(ids.front())); row && !row->cause.page.isEmpty())
            Q_EMIT goToRequested(row->cause);
    }, true);
    m_acknowledge = m_inspector->addAction(QStringLiteral("alertsAcknowledge"), QStringLiteral("look-ok"), [this](const Ids &ids) { Q_EMIT acknowledgeRequested(ids); });
    QWidget *strip = makeChips(QStringLiteral("alertChip"), {Look::Failed, Look::Late, Look::Pending});
    m_ended->setObjectName(QStringLiteral("alertsEnded"));
    m_pane->addToBar(m_ended);
    connect(m_ended, &QCheckBox::toggled, this, &AlertsPage::endedWanted);
    using Table = AlertTableModel;
    m_pane->columns()->setHiddenByDefault({Table::Kind, Table::Ended});
    m_pane->columns()->setFolding({Table::Kind, Table::Ended, Table::Times, Table::Acknowledged, Table::Subject});
    m_pane->setModel(model, Table::Level, Table::Since, Qt::DescendingOrder);
    auto *left = new QWidget(this);
    auto *column = new QVBoxLayout(left);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(unit);
    column->addWidget(makeCard(strip, this));
    column->addWidget(makeCard(m_pane, this), 1);
    auto *split = besideInspector(left, m_inspector, this);
    keepSizes(split, ui.settings, QStringLiteral("alerts-inspector"));
    makePageLayout(this)->addWidget(split);
    connect(m_pane, &TablePane::activated, this, [this](const Uuid &id) {
        if (const AlertRow *row = m_model->row(m_model->rowOf(id)); row && !row->cause.page.isEmpty())
            Q_EMIT goToRequested(row->cause);
    });
    countRowsOf(model);
    retranslate();
}

QString AlertsPage::title() const
{
    return tr("Alerts");
}

void AlertsPage::retranslate()
{
    m_pane->emptyState()->setTexts(tr("Nothing is wrong"), tr("What fails, is late or runs out stands here until it has ended, and is told to channels."));
    m_ended->setText(tr("With those that have ended"));
    m_chips[Look::Failed]->setWord(tr("critical"));
    m_chips[Look::Late]->setWord(tr("warnings"));
    m_chips[Look::Pending]->setWord(tr("info"));
    m_cause->setText(tr("Go to the cause"));
    showChips();
    showInspector();
}

QString AlertsPage::help() const
{
    return tr("<p>What is wrong now: an alert begins when something fails, is late or runs out, and ends by itself when that is over. Double click leads to the "
              "cause.</p><p><b>Acknowledge</b> tells the others that you look after it. The tab <b>Channels</b> says where messages about alerts go, and which.</p>");
}

void AlertsPage::showChips()
{
    std::map<Look, int> counts;
    for (const AlertRow &row : m_model->rows()) {
        if (!row.alert.clearedAt)
            ++counts[lookOf(severityOf(row.alert.kind, row.alert.detail))];
    }
    for (const auto &[look, chip] : m_chips) {
        chip->setCount(counts[look]);
        chip->setVisible(look != Look::Pending || counts[look] > 0 || chip->isChecked());
    }
}

void AlertsPage::showInspector()
{
    std::vector<const AlertRow *> rows;
    for (const int at : m_loading ? QList<int>() : m_pane->chosenRows()) {
        if (const AlertRow *row = m_model->row(at))
            rows.push_back(row);
    }
    if (rows.empty()) {
        m_inspector->clear(m_loading ? QString() : tr("Select an alert to see what to do."));
        return;
    }
    Inspector::Content content;
    for (const AlertRow *row : rows)
        content.ids.push_back(row->alert.id);
    const bool single = rows.size() == 1;
    const Alert &alert = rows.front()->alert;
    const Severity severity = severityOf(alert.kind, alert.detail);
    content.title = single ? rows.front()->title : tr("%n alert(s)", nullptr, static_cast<int>(rows.size()));
    if (single) {
        content.state = alert.clearedAt ? tr("ended") : severityText(severity);
        content.look = alert.clearedAt ? Look::Ok : lookOf(severity);
        content.advice = alert.clearedAt ? QString() : rows.front()->detail;
        const auto add = [&](const QString &label, const QString &value, const QString &tip = {}) {
            if (!value.isEmpty())
                content.lines.append({label, value, tip, false});
        };
        if (alert.clearedAt)
            add(tr("Was"), rows.front()->detail);
        add(tr("About"), rows.front()->subject);
        add(tr("Since"), localTimeText(alert.raisedAt).left(16), exactTimeText(alert.raisedAt));
        add(tr("Last seen"), localTimeText(alert.seenAt).left(16), exactTimeText(alert.seenAt));
        add(tr("Times seen"), QString::number(alert.count));
        if (alert.clearedAt)
            add(tr("Ended"), localTimeText(*alert.clearedAt).left(16), exactTimeText(*alert.clearedAt));
        add(tr("Acknowledged by"), qs(alert.ackedBy), alert.ackedAt ? exactTimeText(*alert.ackedAt) : QString());
        add(tr("Kind"), qs(alert.kind));
    }
    m_inspector->setContent(content);
    m_cause->setVisible(single && !rows.front()->cause.page.isEmpty());
    std::vector<Uuid> open;
    for (const AlertRow *row : rows) {
        if (!row->alert.clearedAt && row->alert.ackedBy.empty() && row->alert.count > 0)
            open.push_back(row->alert.id);
    }
    m_acknowledge->setText(open.size() > 1 ? tr("Acknowledge %n alert(s)", nullptr, static_cast<int>(open.size())) : tr("Acknowledge"));
    permit(m_acknowledge, !forbidden().isEmpty() ? forbidden() : open.empty() ? (single && alert.clearedAt ? tr("It has ended.") : tr("Somebody has acknowledged it already.")) : QString());
    if (!open.empty())
        m_inspector->narrow(m_acknowledge, open);
}

} // namespace zandb
