// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/binlogs/binlogspage.h"

#include "models/common/errortext.h"
#include "models/common/format.h"
#include "models/common/text.h"
#include "widgets/binlogs/windowtimeline.h"
#include "widgets/common/inspector.h"
#include "widgets/common/pageparts.h"
#include "widgets/common/parts.h"
#include "widgets/common/tablecolumns.h"
#include "widgets/common/tablepane.h"
#include "widgets/common/theme.h"

#include <QEvent>
#include <QLabel>
#include <QLocale>
#include <QSplitter>
#include <QVBoxLayout>

namespace zandb {

BinlogsPage::BinlogsPage(const Ui &ui, BinlogTableModel *model, QWidget *parent)
    : Page(parent), m_model(model), m_windowTitle(new QLabel(this)), m_timeline(new WindowTimeline(this)), m_pane(new TablePane(ui, QStringLiteral("binlogs"), this)),
      m_inspector(new Inspector(this))
{
    setObjectName(QStringLiteral("binlogsPage"));
    using Table = BinlogTableModel;
    m_pane->columns()->setFolding({Table::OnServer, Table::Keeps, Table::Archived, Table::Behind, Table::Holes, Table::From});
    m_pane->columns()->setTellingColumn(Table::Instance);
    m_pane->setModel(model, Table::State, Table::Instance, Qt::AscendingOrder);
    auto *left = new QWidget(this);
    auto *column = new QVBoxLayout(left);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(unit);
    column->addWidget(makeCard(m_windowTitle, m_timeline, this));
    column->addWidget(makeCard(m_pane, this), 1);
    setMinimumHeight(38 * unit);
    auto *split = besideInspector(left, m_inspector, this);
    keepSizes(split, ui.settings, QStringLiteral("binlogs-inspector"));
    makePageLayout(this)->addWidget(split);
    connect(m_pane, &TablePane::currentChanged, this, &BinlogsPage::showInspector);
    retranslate();
}

QString BinlogsPage::title() const { return tr("Binlogs"); }

void BinlogsPage::retranslate()
{
    m_pane->emptyState()->setTexts(tr("No instances in this scope"), tr("Choose a group or host with instances in the tree."));
    showInspector();
}

void BinlogsPage::changeEvent(QEvent *event)
{
    Page::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
}

void BinlogsPage::setLoading(bool loading)
{
    m_loading = loading;
    m_pane->setLoading(loading);
    showInspector();
}

void BinlogsPage::setAway(bool) { m_timeline->update(); }
void BinlogsPage::focusFilter() { m_pane->focusFilter(); }
bool BinlogsPage::escape() { return m_pane->clearFilter(); }

void BinlogsPage::setNow(TimePoint now)
{
    m_now = now;
    showInspector();
}

QString BinlogsPage::help() const
{
    return tr("<p>Binlogs that are archived allow to bring an instance to any moment between a good backup and the last archived transaction. The bar shows for the selected "
              "instance what can be restored; what is hatched is a hole, and triangles are backups.</p>"
              "<p>“zandbctl binlog archive” begins to stream an instance's binlogs into a repository of its host; “zandbctl binlog plan” says what a recovery would do, with the "
              "last transaction that is kept and the first that is lost, and “zandbctl binlog recover” carries it out in a directory of its own.</p>"
              "<p>A hole ends what can be restored until the next backup: take one at once.</p>");
}

const BinlogRow *BinlogsPage::chosen() const
{
    const auto rows = m_pane->chosenRows();
    return rows.size() == 1 ? m_model->row(rows.front()) : nullptr;
}

void BinlogsPage::showInspector()
{
    const BinlogRow *row = m_loading ? nullptr : chosen();
    m_timeline->setRow(row, m_now);
    m_windowTitle->setText(row ? tr("Restorable window of %1").arg(row->name) : tr("Restorable window"));
    if (!row) {
        m_inspector->clear(m_loading ? QString() : tr("Select an instance to see its archive and window."));
        return;
    }
    Inspector::Content content;
    content.ids = {row->instance};
    content.title = row->name;
    content.state = binlogStateText(*row);
    content.look = binlogLook(*row);
    const auto add = [&](const QString &label, const QString &value, const QString &tip = {}) {
        if (!value.isEmpty())
            content.lines.append({label, value, tip, false});
    };
    const auto minutes = [](TimePoint at) { return localTimeText(at).left(16); };
    const QLocale locale;
    const auto number = [&](std::int64_t value) { return locale.toString(static_cast<qlonglong>(value)); };
    if (row->report) {
        const wire::BinlogReport &report = *row->report;
        const wire::BinlogArchiveState &archive = report.archive;
        const Json &error = report.error.is_null() ? archive.error : report.error;
        if (error.is_object())
            content.error = errorSummary(errorFromJson(error));
        if (!row->window.holes.empty() && row->window.holes.back().before.empty()) {
            content.error = tr("The binlogs have a hole: %1.").arg(binlogHoleText(row->window.holes.back()));
            content.advice = tr("Back the instance up now: what comes after the hole can be restored only from a backup behind it.");
        } else if (report.on && archive.repository.empty()) {
            content.advice = tr("“zandbctl binlog archive %1 --repository NAME” begins.").arg(row->name);
        }
        for (const BinlogRange &range : row->window.ranges)
            add(tr("Restorable"), tr("%1 to %2").arg(minutes(range.from), range.goesOn ? tr("now") : minutes(range.to)), exactTimeText(range.from));
        for (const BinlogHole &hole : row->window.holes) {
            add(tr("Hole"), hole.before.empty() ? tr("after %1").arg(minutes(hole.from)) : tr("%1 to %2").arg(minutes(hole.from), minutes(hole.to)), exactTimeText(hole.from));
            add(tr("Missing"), hole.missing.empty() ? binlogHoleText(hole) : qs(hole.missing));
            add(tr("After file"), qs(hole.after));
            add(tr("Before file"), qs(hole.before));
        }
        add(tr("Repository"), qs(archive.repository));
        if (!archive.repository.empty()) {
            add(tr("Streams"), archive.file.empty() ? QString() : tr("%1, %2").arg(qs(archive.file), bytesText(archive.offset)));
            add(tr("Behind"), archive.behindBytes > 0 ? bytesText(archive.behindBytes) : tr("nothing"));
        }
        add(tr("Archived files"), number(archive.files));
        add(tr("Stored"), bytesText(archive.storedBytes), exactBytesText(archive.storedBytes));
        add(tr("On the server"), report.on ? tr("%1 in %2 files").arg(bytesText(row->serverBytes), number(row->serverFiles)) : QString());
        add(tr("Server keeps"), !report.on ? QString() : report.expireSeconds == 0 ? tr("for ever") : durationText(Microseconds{report.expireSeconds * 1'000'000}));
        add(tr("Backups without binlogs"), row->window.alone.empty() ? QString() : number(static_cast<std::int64_t>(row->window.alone.size())));
        add(tr("Seen"), minutes(row->at), exactTimeText(row->at));
    }
    m_inspector->setContent(content);
}

} // namespace zandb
